package dev.embedding.reload;

import dev.embedding.support.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One thread that runs tasks in turn, and at most one of them later. What a task throws is logged. */
final class LoaderThread {

    private static final Logger LOG = Logger.getLogger(LoaderThread.class);

    private final ScheduledThreadPoolExecutor thread = DaemonThreads.scheduler("model-loader");

    /** Written by the thread itself only. */
    private @Nullable ScheduledFuture<?> later;

    /** @return whether the task will run; it will not once the thread is shut down */
    boolean submit(Runnable task) {
        try {
            thread.execute(guarded(task));
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    /** Runs a task after a delay, in place of the one that waits. To be called by the thread itself. */
    void submitAfter(Duration delay, Runnable task) {
        cancelLater();
        try {
            later = thread.schedule(guarded(task), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The process is shutting down");
        }
    }

    /** Whether a task waits for its time. To be called by the thread itself. */
    boolean isTaskLeft() {
        return later != null;
    }

    /** To be called by the thread itself. */
    void cancelLater() {
        if (later != null) {
            later.cancel(false);
            later = null;
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error failure) {
                LOG.error("Following the settings failed", failure);
            }
        };
    }

    /** Takes no more tasks; waiting ones do not run. */
    void shutdown() {
        thread.shutdown();
    }

    /** Waits until the running task has ended or the time has expired. */
    void awaitEnd(long nanos) throws InterruptedException {
        boolean unused = thread.awaitTermination(nanos, TimeUnit.NANOSECONDS);
    }
}
