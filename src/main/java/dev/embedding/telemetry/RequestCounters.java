package dev.embedding.telemetry;

import jakarta.inject.Singleton;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters of the JSON form of {@code /metrics}: embedding requests, without those that are invalid. Requests that
 * are refused for overload or shutdown, or cancelled, count whether they were validated before or not.
 */
@Singleton
public class RequestCounters {

    private final LongAdder requests = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder embeddings = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder succeededNanos = new LongAdder();

    void embedded(int texts) {
        embeddings.add(texts);
    }

    void succeeded(long nanos) {
        requests.increment();
        succeeded.increment();
        succeededNanos.add(nanos);
    }

    void failed() {
        requests.increment();
        failed.increment();
    }

    /**
     * Counts a request that neither succeeded nor failed in the service, such as one that requires another vector
     * space.
     */
    void rejected() {
        requests.increment();
    }

    /**
     * Counters at one moment.
     *
     * @param successRate per cent; 100 before the first request
     * @param averageLatencyMillis of successful requests only
     */
    public record Snapshot(
            long requests, long failed, double successRate, long embeddings, double averageLatencyMillis) {}

    public Snapshot snapshot() {
        long all = requests.sum();
        long failures = failed.sum();
        long successes = succeeded.sum();
        double successRate = all == 0 ? 100.0 : 100.0 * (all - failures) / all;
        double latency = successes == 0 ? 0.0 : succeededNanos.sum() / 1e6 / successes;
        return new Snapshot(all, failures, successRate, embeddings.sum(), latency);
    }
}
