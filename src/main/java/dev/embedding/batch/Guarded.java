package dev.embedding.batch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * State that is reached only while a lock is held: it is lent to actions that run under the lock, which must not keep
 * it.
 *
 * <p>Error Prone's GuardedBy check verifies the one field here. It takes no lock as held inside a lambda, so what lies
 * behind the state (queues, rows, submissions) is guarded by being reached through it, and has no annotations.
 */
final class Guarded<S> {

    private final ReentrantLock lock;

    @GuardedBy("lock")
    private final S state;

    /** @param state not referred to by anything else */
    Guarded(ReentrantLock lock, S state) {
        this.lock = lock;
        this.state = state;
    }

    /** Action on the state that has a result. */
    @FunctionalInterface
    interface Query<S, R extends @Nullable Object, E extends Exception> {
        R apply(S state) throws E;
    }

    /** Action on the state without a result. */
    @FunctionalInterface
    interface Task<S, E extends Exception> {
        void run(S state) throws E;
    }

    /** Runs an action under the lock, which it may hold already; its exceptions pass unchanged. */
    <R extends @Nullable Object, E extends Exception> R locked(Query<? super S, R, E> query) throws E {
        lock.lock();
        try {
            return query.apply(state);
        } finally {
            lock.unlock();
        }
    }

    /** Like {@link #locked}, for an action without a result. */
    <E extends Exception> void runLocked(Task<? super S, E> task) throws E {
        lock.lock();
        try {
            task.run(state);
        } finally {
            lock.unlock();
        }
    }
}
