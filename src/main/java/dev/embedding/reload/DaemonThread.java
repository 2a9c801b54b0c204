package dev.embedding.reload;

import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Threads that do not keep the process alive. */
final class DaemonThread {

    private DaemonThread() {}

    static Thread start(String name, Runnable task) {
        Thread thread = of(task, name);
        thread.start();
        return thread;
    }

    /** An executor of one thread; what it is to do later is dropped when it is shut down. */
    static ScheduledThreadPoolExecutor named(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> of(task, name));
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    private static Thread of(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
