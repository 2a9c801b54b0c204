package dev.embedding.serving.model;

import dev.embedding.batch.Lanes;
import dev.embedding.batch.RowCache;
import dev.embedding.infer.InferenceRuntime;
import dev.embedding.support.DaemonThreads;
import dev.embedding.support.WorkerPools;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Resources that all models of the process share: the lanes that compute, the workers that parse, tokenize and
 * encode, the cache of vectors, and the inference runtime.
 */
public final class ModelHost implements AutoCloseable {

    private final InferenceRuntime runtime;
    private final Lanes lanes;
    private final List<ExecutorService> pools;
    private final WorkerPools workers;
    private final ScheduledThreadPoolExecutor timer;
    private final QueueLimits queueLimits;
    private final RowCache<EmbeddedText> cache;
    private final int cores;
    private final ServingListener listener;

    /**
     * @param laneCount batches computed at the same time on a CPU
     * @param cores cores that a lone run may use, and number of workers of each kind
     * @param queueLimits how long requests may wait
     */
    public ModelHost(int laneCount, int cores, QueueLimits queueLimits, ServingListener listener) {
        this(laneCount, cores, new InferenceRuntime(), queueLimits, RowCache.none(), listener);
    }

    /**
     * @param runTimeout how long a run of the engine may take at least
     * @param cache vectors that need not be computed again
     */
    public ModelHost(
            int laneCount,
            int cores,
            Duration runTimeout,
            QueueLimits queueLimits,
            RowCache<EmbeddedText> cache,
            ServingListener listener) {
        this(laneCount, cores, new InferenceRuntime(runTimeout), queueLimits, cache, listener);
    }

    public ModelHost(
            int laneCount,
            int cores,
            InferenceRuntime runtime,
            QueueLimits queueLimits,
            RowCache<EmbeddedText> cache,
            ServingListener listener) {
        this.runtime = runtime;
        this.lanes = Lanes.start(laneCount);
        this.cores = cores;
        this.queueLimits = queueLimits;
        this.cache = cache;
        this.listener = listener;
        this.pools = List.of(
                Executors.newFixedThreadPool(cores, DaemonThreads.numbered("worker-")),
                Executors.newFixedThreadPool(cores, DaemonThreads.numbered("large-worker-")));
        this.workers = new WorkerPools(pools.get(0), pools.get(1));
        this.timer = DaemonThreads.scheduler("deadlines");
        // An answered request's deadline would otherwise keep its texts and vectors until it has passed.
        timer.setRemoveOnCancelPolicy(true);
        // A deadline that is the next thing to do wakes the thread when it is set, and so every lone request would.
        var unused = timer.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.SECONDS);
    }

    public WorkerPools workers() {
        return workers;
    }

    /** Tells requests that their deadline has expired. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    RowCache<EmbeddedText> cache() {
        return cache;
    }

    QueueLimits queueLimits() {
        return queueLimits;
    }

    public int laneCount() {
        return lanes.count();
    }

    /** Lane numbers are below it; the express lane has one too. */
    int laneNumbers() {
        return lanes.numbers();
    }

    public int cores() {
        return cores;
    }

    public String engineVersion() {
        return runtime.version();
    }

    /** Runs of the engine that took too long and were told to stop. */
    public long terminatedRuns() {
        return runtime.terminatedRuns();
    }

    /** Runs that did not stop even then; their threads and sessions are lost. */
    public long abandonedRuns() {
        return runtime.abandonedRuns();
    }

    /** Whether a run is far beyond its limit and could not even be given up: only another process helps. */
    public boolean isStuck() {
        return runtime.isStuck();
    }

    /** Completes when so many runs were given up that the process should end; what follows must not block. */
    public CompletionStage<Void> unrecoverable() {
        return runtime.unrecoverable();
    }

    Lanes lanes() {
        return lanes;
    }

    public InferenceRuntime runtime() {
        return runtime;
    }

    ServingListener listener() {
        return listener;
    }

    /** Ends the process at once, also while a computation hangs. */
    public void endProcess(int exitCode) {
        InferenceRuntime.endProcess(exitCode);
    }

    /** Ends the threads; models must be closed before. */
    @Override
    public void close() {
        timer.shutdownNow();
        pools.forEach(ExecutorService::shutdown);
        try {
            for (ExecutorService pool : pools) {
                if (!pool.awaitTermination(5, TimeUnit.SECONDS)) {
                    pool.shutdownNow();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        lanes.close();
    }
}
