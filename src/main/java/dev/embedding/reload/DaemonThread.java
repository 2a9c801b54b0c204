package dev.embedding.reload;

import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Makes executors of one thread, which does not keep the process alive. */
final class DaemonThread {

    private DaemonThread() {}

    /** What it is to do later is dropped when it is shut down. */
    static ScheduledThreadPoolExecutor named(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }
}
