package dev.embedding.batch;

import dev.embedding.batch.admission.Priority;
import java.time.Duration;

/** Call of {@link MicroBatcher#close} on its own thread. */
final class Closing {
    private final Thread thread;

    private Closing(Thread thread) {
        this.thread = thread;
    }

    /** Starts to close a batcher. */
    static Closing start(MicroBatcher<?, ?> batcher, Duration patience) {
        Thread thread = new Thread(() -> {
            try {
                batcher.close(patience);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        return new Closing(thread);
    }

    /** Starts to close; returns when the batcher admits no more. */
    static Closing of(MicroBatcher<?, ?> batcher, Duration patience) {
        Closing closing = start(batcher, patience);
        while (true) {
            try {
                batcher.admit(Priority.INTERACTIVE, 0).release();
                Thread.onSpinWait();
            } catch (BatcherClosedException closed) {
                return closing;
            }
        }
    }

    /** Whether the close call waits, determined once it either waits or has returned. */
    boolean isWaiting() {
        Thread.State state = thread.getState();
        while (state == Thread.State.RUNNABLE || state == Thread.State.BLOCKED) {
            Thread.onSpinWait();
            state = thread.getState();
        }
        return state != Thread.State.TERMINATED;
    }

    void await() throws InterruptedException {
        thread.join();
    }
}
