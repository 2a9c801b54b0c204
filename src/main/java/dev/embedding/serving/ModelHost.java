package dev.embedding.serving;

import dev.embedding.batch.Lanes;
import dev.embedding.infer.InferenceRuntime;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all models of the process share: the lanes that compute, the workers that parse, tokenize and encode, and the
 * inference runtime.
 */
public final class ModelHost implements AutoCloseable {

    private final InferenceRuntime runtime = new InferenceRuntime();
    private final Lanes lanes;
    private final ExecutorService workers;
    private final int cores;
    private final ServingListener listener;

    /**
     * @param laneCount batches computed at the same time on a CPU
     * @param cores cores that a lone run may use, and number of workers
     */
    public ModelHost(int laneCount, int cores, ServingListener listener) {
        this.lanes = Lanes.start(laneCount);
        this.cores = cores;
        this.listener = listener;
        AtomicInteger number = new AtomicInteger();
        this.workers = Executors.newFixedThreadPool(cores, task -> {
            Thread thread = new Thread(task, "worker-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** As many workers as there are cores. */
    public ExecutorService workers() {
        return workers;
    }

    public int laneCount() {
        return lanes.count();
    }

    public int cores() {
        return cores;
    }

    public String engineVersion() {
        return runtime.version();
    }

    Lanes lanes() {
        return lanes;
    }

    InferenceRuntime runtime() {
        return runtime;
    }

    ServingListener listener() {
        return listener;
    }

    /** Ends the threads; models must be closed before. */
    @Override
    public void close() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        lanes.close();
    }
}
