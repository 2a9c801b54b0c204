package dev.embedding.http.edge;

import jakarta.inject.Singleton;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Exchanges that have begun and are not ended, and the phase of the process that decides what becomes of new ones. The
 * phases only advance: serving, ending, draining.
 */
@Singleton
public class OpenExchanges {

    private enum Phase {
        SERVING,
        ENDING,
        DRAINING
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noneOpen = lock.newCondition();
    private int open;
    private volatile Phase phase = Phase.SERVING;
    private volatile Runnable lastCall = () -> {};

    /** Whether the process has been asked to end: balancers should send to others. */
    public boolean areEnding() {
        return phase != Phase.SERVING;
    }

    /** Whether no more requests for vectors are taken. */
    public boolean areDraining() {
        return phase == Phase.DRAINING;
    }

    /** Responses carry {@code Connection: close} from now on. */
    public void end() {
        phase = Phase.ENDING;
    }

    /** Requests for vectors get 503 from now on. */
    public void drain() {
        phase = Phase.DRAINING;
    }

    /** Names what is done shortly before connections are closed, so that exchanges get a response that still can. */
    void onLastCall(Runnable task) {
        lastCall = task;
    }

    /** Connections will be closed shortly. */
    public void lastCall() {
        lastCall.run();
    }

    /** An exchange has begun; {@link #ended} follows once. */
    void begun() {
        lock.lock();
        try {
            open++;
        } finally {
            lock.unlock();
        }
    }

    /** An exchange has its response, or its caller went away. */
    void ended() {
        lock.lock();
        try {
            open--;
            noneOpen.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no exchange is open, or the deadline has expired; returns whether none is. */
    public boolean awaitNone(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long nanosLeft = nanos;
            while (open > 0 && nanosLeft > 0) {
                nanosLeft = noneOpen.awaitNanos(nanosLeft);
            }
            return open == 0;
        } finally {
            lock.unlock();
        }
    }
}
