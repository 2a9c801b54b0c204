package dev.embedding.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Meters of the model that is served under one id. Thread-safe. */
final class ModelMeters {

    private final MeterGroup group;
    private final RequestMeters requests;
    private final Counter tokens;
    private final Timer queueWait;
    private final Timer infer;
    private final DistributionSummary batchRows;
    private final DistributionSummary paddingRatio;
    private final Counter cacheHits;
    private final Counter cacheShared;
    private final Counter cacheMisses;
    private final Counter cacheBypassed;
    private final Map<String, Counter> reruns = new ConcurrentHashMap<>();

    @GuardedBy("this")
    private @Nullable Gauge info;

    ModelMeters(MeterRegistry registry, String id, LongSupplier queuedTokens) {
        this.group = new MeterGroup(registry, id);
        this.requests = new RequestMeters(group);
        this.tokens = group.register(Counter.builder("embedding.tokens")
                .description("Tokens computed, special ones included, padding not")
                .tags(group.tags())::register);
        this.queueWait = group.register(Timer.builder("embedding.queue.wait")
                .description("From queueing a request until its first batch was formed")
                .tags(group.tags())
                .publishPercentileHistogram()::register);
        this.infer = group.register(Timer.builder("embedding.infer")
                .description("One batch in the engine")
                .tags(group.tags())
                .publishPercentileHistogram()::register);
        this.batchRows = group.register(DistributionSummary.builder("embedding.batch.rows")
                .description("Texts in a batch")
                .tags(group.tags())
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128)::register);
        this.paddingRatio = group.register(DistributionSummary.builder("embedding.padding.ratio")
                .description("Share of a batch's tokens that is padding")
                .tags(group.tags())
                .serviceLevelObjectives(0.01, 0.02, 0.05, 0.1)::register);
        this.cacheHits = cache("hit");
        this.cacheShared = cache("shared");
        this.cacheMisses = cache("miss");
        this.cacheBypassed = cache("bypass");
        group.register(Gauge.builder("embedding.queue.tokens", queuedTokens::getAsLong)
                .description("Tokens in the queue")
                .tags(group.tags())
                .strongReference(true)::register);
    }

    private Counter cache(String outcome) {
        return group.register(Counter.builder("embedding.cache")
                .description("Embedded texts, by the source of their vectors")
                .tags(group.tags())
                .tag("outcome", outcome)::register);
    }

    RequestMeters requests() {
        return requests;
    }

    /** Replaces the description of the served model. */
    synchronized void served(ModelLabels labels) {
        if (info != null) {
            group.remove(info);
        }
        info = group.register(Gauge.builder("embedding.model.info", () -> 1)
                .description("A served model")
                .tags(group.tags())
                .tag("name", labels.name())
                .tag("fingerprint", labels.fingerprint())
                .tag("device", labels.device())
                .tag("provider", labels.provider())
                .strongReference(true)::register);
    }

    void batchComputed(int rows, long computedTokens, long paddedTokens, long nanos) {
        tokens.increment((double) computedTokens);
        infer.record(nanos, TimeUnit.NANOSECONDS);
        batchRows.record(rows);
        paddingRatio.record((double) (paddedTokens - computedTokens) / Math.max(1, paddedTokens));
    }

    void batchRerun(String cause) {
        reruns.computeIfAbsent(cause, this::rerun).increment();
    }

    private Counter rerun(String cause) {
        return group.register(Counter.builder("embedding.batches.rerun")
                .description("Batches that failed as a whole and were computed again in parts")
                .tags(group.tags())
                .tag("cause", cause)::register);
    }

    void queued(long nanos) {
        queueWait.record(nanos, TimeUnit.NANOSECONDS);
    }

    void cacheUsed(int hits, int shared, int misses, int bypassed) {
        cacheHits.increment(hits);
        cacheShared.increment(shared);
        cacheMisses.increment(misses);
        cacheBypassed.increment(bypassed);
    }

    void remove() {
        group.removeAll();
    }
}
