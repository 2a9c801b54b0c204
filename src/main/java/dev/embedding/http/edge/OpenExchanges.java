package dev.embedding.http.edge;

import jakarta.inject.Singleton;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Exchanges in progress, and the phase of the process, which decides how new ones are handled. The phases only advance:
 * serving, shutting down, draining.
 */
@Singleton
public class OpenExchanges {

    private enum Phase {
        SERVING,
        SHUTTING_DOWN,
        DRAINING
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noneOpen = lock.newCondition();
    private int open;
    private volatile Phase phase = Phase.SERVING;
    private volatile Runnable closingTask = () -> {};

    /** Whether the process is shutting down, so that load balancers should use other replicas. */
    public boolean areShuttingDown() {
        return phase != Phase.SERVING;
    }

    /** Whether new embedding requests are rejected. */
    public boolean areDraining() {
        return phase == Phase.DRAINING;
    }

    /** Begins the shutdown: responses carry {@code Connection: close} from now on. */
    public void beginShutdown() {
        phase = Phase.SHUTTING_DOWN;
    }

    /** Begins draining: new embedding requests get 503 from now on. */
    public void beginDraining() {
        phase = Phase.DRAINING;
    }

    /**
     * Registers a task to run shortly before connections are closed, so that exchanges without a complete body still
     * get a response.
     */
    void onClosing(Runnable task) {
        closingTask = task;
    }

    /** Announces that connections will be closed shortly. */
    public void announceClosing() {
        closingTask.run();
    }

    /** Counts an exchange that has begun; {@link #ended} follows once. */
    void begun() {
        lock.lock();
        try {
            open++;
        } finally {
            lock.unlock();
        }
    }

    /** Counts an exchange that has its response, or whose caller disconnected. */
    void ended() {
        lock.lock();
        try {
            open--;
            noneOpen.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no exchange is open or the time has elapsed; returns whether none is open. */
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
