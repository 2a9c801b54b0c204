package dev.embedding.serving.model;

import dev.embedding.batch.BatchObserver;
import dev.embedding.batch.Lanes;
import dev.embedding.batch.RowCache;
import dev.embedding.infer.InferenceRuntime;
import dev.embedding.model.FileHashes;
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
 * Resources shared by all models of the process: lanes, worker pools for parsing, tokenizing and encoding, the vector
 * cache, the hashes of files, and the inference runtime.
 */
public final class ModelHost implements AutoCloseable {

    private final InferenceRuntime runtime;
    private final Lanes lanes;
    private final List<ExecutorService> pools;
    private final WorkerPools workers;
    private final ScheduledThreadPoolExecutor timer;
    private final QueueLimits queueLimits;
    private final RowCache<Output> cache;
    private final FileHashes fileHashes;
    private final int cores;
    private final ModelObserver observer;

    /**
     * @param laneCount number of batches computed at the same time on a CPU
     * @param cores number of cores that a lone run may use, and of workers of each kind
     * @param queueLimits wait limits and default timeout of requests
     */
    public ModelHost(int laneCount, int cores, QueueLimits queueLimits, BatchObserver observer) {
        this(laneCount, cores, new InferenceRuntime(), queueLimits, RowCache.none(), observer);
    }

    /**
     * @param runTimeout minimum timeout of a run of the engine
     * @param cache cache of computed vectors
     * @param fileHashes hashes of models' files
     */
    public ModelHost(
            int laneCount,
            int cores,
            Duration runTimeout,
            QueueLimits queueLimits,
            RowCache<Output> cache,
            FileHashes fileHashes,
            ModelObserver observer) {
        this(laneCount, cores, new InferenceRuntime(runTimeout), queueLimits, cache, fileHashes, observer);
    }

    public ModelHost(
            int laneCount,
            int cores,
            InferenceRuntime runtime,
            QueueLimits queueLimits,
            RowCache<Output> cache,
            BatchObserver observer) {
        this(laneCount, cores, runtime, queueLimits, cache, new FileHashes(), servedAs -> observer);
    }

    private ModelHost(
            int laneCount,
            int cores,
            InferenceRuntime runtime,
            QueueLimits queueLimits,
            RowCache<Output> cache,
            FileHashes fileHashes,
            ModelObserver observer) {
        this.runtime = runtime;
        this.lanes = Lanes.start(laneCount);
        this.cores = cores;
        this.queueLimits = queueLimits;
        this.cache = cache;
        this.fileHashes = fileHashes;
        this.observer = observer;
        this.pools = List.of(
                Executors.newFixedThreadPool(cores, DaemonThreads.numbered("worker-")),
                Executors.newFixedThreadPool(cores, DaemonThreads.numbered("large-worker-")));
        this.workers = new WorkerPools(pools.get(0), pools.get(1));
        this.timer = DaemonThreads.scheduler("deadlines");
        // Otherwise the deadline of a completed request would retain its texts and vectors until it has passed.
        timer.setRemoveOnCancelPolicy(true);
        // The thread wakes up when a task becomes the earliest one, so without this every lone request would wake it.
        var unused = timer.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.SECONDS);
    }

    public WorkerPools workers() {
        return workers;
    }

    /** Timer that fails requests whose deadline has expired. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    RowCache<Output> cache() {
        return cache;
    }

    public FileHashes fileHashes() {
        return fileHashes;
    }

    QueueLimits queueLimits() {
        return queueLimits;
    }

    public int laneCount() {
        return lanes.count();
    }

    /** Number of lane threads, including the express lane; lane numbers are below it. */
    int laneThreads() {
        return lanes.threadCount();
    }

    public int cores() {
        return cores;
    }

    public String engineVersion() {
        return runtime.version();
    }

    /** Number of runs of the engine that exceeded their timeout and were terminated. */
    public long terminatedRuns() {
        return runtime.terminatedRuns();
    }

    /** Number of runs that did not stop when terminated; their threads and sessions are lost. */
    public long abandonedRuns() {
        return runtime.abandonedRuns();
    }

    /** Whether a run is far beyond its timeout and could not be abandoned: only a restart of the process helps. */
    public boolean isStuck() {
        return runtime.isStuck();
    }

    /** Completes when so many runs were abandoned that the process should exit; dependents must not block. */
    public CompletionStage<Void> unrecoverable() {
        return runtime.unrecoverable();
    }

    Lanes lanes() {
        return lanes;
    }

    public InferenceRuntime runtime() {
        return runtime;
    }

    ModelObserver observer() {
        return observer;
    }

    /** Exits the process at once, even while a computation hangs. */
    public void endProcess(int exitCode) {
        InferenceRuntime.endProcess(exitCode);
    }

    /** Shuts down all threads; models must be closed before. */
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
