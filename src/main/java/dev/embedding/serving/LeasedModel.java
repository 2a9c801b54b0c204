package dev.embedding.serving;

import dev.embedding.serving.model.LoadedModel;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A loaded model and its number of leases, across all ids and options that it is served with. Taking a lease and
 * retiring the model exclude each other, so that no lease is ever held on a model that is being closed.
 */
final class LeasedModel {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final LoadedModel model;
    private int leases;
    private boolean retired;

    LeasedModel(LoadedModel model) {
        this.model = model;
    }

    LoadedModel model() {
        return model;
    }

    /** Takes a lease; false once the model is retired. */
    boolean acquire() {
        lock.lock();
        try {
            if (retired) {
                return false;
            }
            leases++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void release() {
        lock.lock();
        try {
            leases--;
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Gives no more leases. */
    void retire() {
        lock.lock();
        try {
            retired = true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all leases are released or the time has expired. */
    void awaitReleased(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long nanosLeft = nanos;
            while (leases > 0 && nanosLeft > 0) {
                nanosLeft = released.awaitNanos(nanosLeft);
            }
        } finally {
            lock.unlock();
        }
    }
}
