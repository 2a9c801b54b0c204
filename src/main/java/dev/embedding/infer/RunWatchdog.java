package dev.embedding.infer;

import dev.embedding.support.DaemonThreads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Enforces the time limits of all runs of the process. A run beyond its limit is terminated, which ONNX Runtime does
 * between two nodes; one that runs on nevertheless is abandoned: its lane is replaced, and what it uses is never freed
 * while it runs.
 */
final class RunWatchdog {

    private static final System.Logger LOG = System.getLogger(RunWatchdog.class.getName());

    /** Time between terminating a run and abandoning it; longer than one node takes. */
    static final Duration GRACE = Duration.ofSeconds(10);

    /** A run this far beyond its limit that was not even abandoned shows that the watchdog itself does not work. */
    static final Duration LONGEST_OVERTIME = Duration.ofSeconds(30);

    /** Each abandoned run occupies a thread, a session and most likely a core. */
    static final int TOO_MANY_ABANDONED = 2;

    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final LongSupplier clock;
    private final Set<Watched> runs = ConcurrentHashMap.newKeySet();
    private final AtomicLong terminated = new AtomicLong();
    private final AtomicLong abandoned = new AtomicLong();
    private final CompletableFuture<Void> unrecoverable = new CompletableFuture<>();

    /** @param clock monotonic nanoseconds; {@link #check} must be called as it advances */
    RunWatchdog(LongSupplier clock) {
        this.clock = clock;
    }

    /** Starts a watchdog with a daemon thread of its own. */
    static RunWatchdog start() {
        RunWatchdog watch = new RunWatchdog(System::nanoTime);
        ScheduledFuture<?> unused = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("run-watch"))
                .scheduleWithFixedDelay(watch::check, INTERVAL.toNanos(), INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
        return watch;
    }

    long now() {
        return clock.getAsLong();
    }

    /**
     * Registers a run that begins on the calling thread.
     *
     * @param onAbandoned called on the watchdog's thread while the run has not returned, and never once it has
     */
    Watched begin(long limitNanos, RunTermination termination, Runnable onAbandoned) {
        Watched run = new Watched(limitNanos, termination, onAbandoned);
        runs.add(run);
        return run;
    }

    /** Terminates and abandons the runs that are due. */
    void check() {
        for (Watched run : runs) {
            try {
                run.check(now());
            } catch (RuntimeException | Error failure) {
                LOG.log(System.Logger.Level.ERROR, "A run beyond its limit could not be terminated; retrying", failure);
            }
        }
    }

    /** Whether a run is so far beyond its limit that only a new process helps. */
    boolean isStuck() {
        long now = now();
        return runs.stream().anyMatch(run -> run.overtime(now) > LONGEST_OVERTIME.toNanos());
    }

    long terminated() {
        return terminated.get();
    }

    long abandoned() {
        return abandoned.get();
    }

    /** Completes on the watchdog's thread when so many runs were abandoned that the process should exit. */
    CompletionStage<Void> unrecoverable() {
        return unrecoverable;
    }

    /** One run. Its lock is held while it is abandoned, so that it cannot return in the middle. */
    final class Watched {
        private final long startNanos = now();
        private final long limitNanos;
        private final RunTermination termination;
        private final Runnable onAbandoned;
        private boolean stopped;
        private long stoppedNanos;
        private boolean ended;
        private boolean abandonedRun;

        private Watched(long limitNanos, RunTermination termination, Runnable onAbandoned) {
            this.limitNanos = limitNanos;
            this.termination = termination;
            this.onAbandoned = onAbandoned;
        }

        private long overtime(long now) {
            return now - startNanos - limitNanos;
        }

        private synchronized void check(long now) {
            if (ended || overtime(now) <= 0) {
                return;
            }
            if (!stopped) {
                stopped = true;
                stoppedNanos = now; // Counted from now: the whole process may have been suspended.
                terminated.incrementAndGet();
                LOG.log(
                        System.Logger.Level.WARNING,
                        "A run of the model is terminated after {0} s",
                        TimeUnit.NANOSECONDS.toSeconds(now - startNanos));
                termination.request();
            } else if (now - stoppedNanos >= GRACE.toNanos()) {
                abandon();
            }
        }

        private void abandon() {
            onAbandoned.run();
            abandonedRun = true;
            ended = true;
            runs.remove(this);
            long count = abandoned.incrementAndGet();
            LOG.log(
                    System.Logger.Level.ERROR,
                    "A run of the model does not end and is abandoned; its session stays in memory ({0} of {1} that end"
                            + " the process)",
                    count,
                    TOO_MANY_ABANDONED);
            if (count >= TOO_MANY_ABANDONED) {
                unrecoverable.complete(null);
            }
        }

        /**
         * Marks the run as returned; may be called again.
         *
         * @return whether it had been abandoned before
         */
        synchronized boolean end() {
            ended = true;
            runs.remove(this);
            return abandonedRun;
        }
    }
}
