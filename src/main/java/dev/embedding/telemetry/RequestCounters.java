package dev.embedding.telemetry;

import jakarta.inject.Singleton;
import java.util.concurrent.atomic.LongAdder;

/** The counters of the JSON form of {@code /metrics}: embedding requests that passed validation. */
@Singleton
public class RequestCounters {

    private final LongAdder requests = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder embeddings = new LongAdder();
    private final LongAdder answeredNanos = new LongAdder();

    void answered(int texts, long nanos) {
        requests.increment();
        embeddings.add(texts);
        answeredNanos.add(nanos);
    }

    void failed() {
        requests.increment();
        failed.increment();
    }

    /** A request that is neither an answer nor a failure of ours, as one that pinned another vector space. */
    void refused() {
        requests.increment();
    }

    /**
     * @param successRate per cent; 100 before the first request
     * @param averageLatencyMillis of the answered ones
     */
    public record Snapshot(
            long requests, long failed, double successRate, long embeddings, double averageLatencyMillis) {}

    public Snapshot snapshot() {
        long all = requests.sum();
        long bad = failed.sum();
        double successRate = all == 0 ? 100.0 : 100.0 * (all - bad) / all;
        double latency = all == bad ? 0.0 : answeredNanos.sum() / 1e6 / (all - bad);
        return new Snapshot(all, bad, successRate, embeddings.sum(), latency);
    }
}
