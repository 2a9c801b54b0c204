package dev.embedding.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Meters of requests, batches, models and settings. Labels are bounded: never a text, a path or a request id. */
@Singleton
public class EmbeddingMeters {

    private static final Duration[] REQUEST_BUCKETS = Stream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final RequestCounters counters;
    private final Counter tokens;
    private final Timer queueWait;
    private final Timer infer;
    private final DistributionSummary batchRows;
    private final DistributionSummary paddingRatio;
    private final Counter cacheHits;
    private final Counter cacheShared;
    private final Counter cacheMisses;
    private final Counter cacheBypassed;
    private final Map<RequestLabels, Timer> requestTimes = new ConcurrentHashMap<>();
    private final List<LongSupplier> watched = new CopyOnWriteArrayList<>();
    private @Nullable Gauge modelInfo;

    public EmbeddingMeters(MeterRegistry registry, RequestCounters counters) {
        this.registry = registry;
        this.counters = counters;
        this.tokens = Counter.builder("embedding.tokens")
                .description("Tokens computed, special ones included, padding not")
                .register(registry);
        this.queueWait = Timer.builder("embedding.queue.wait")
                .description("From queueing a request until its first batch was formed")
                .publishPercentileHistogram()
                .register(registry);
        this.infer = Timer.builder("embedding.infer")
                .description("One batch in the engine")
                .publishPercentileHistogram()
                .register(registry);
        this.batchRows = DistributionSummary.builder("embedding.batch.rows")
                .description("Texts in a batch")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128)
                .register(registry);
        this.paddingRatio = DistributionSummary.builder("embedding.padding.ratio")
                .description("Share of a batch's tokens that is padding")
                .serviceLevelObjectives(0.01, 0.02, 0.05, 0.1)
                .register(registry);
        this.cacheHits = cache("hit");
        this.cacheShared = cache("shared");
        this.cacheMisses = cache("miss");
        this.cacheBypassed = cache("bypass");
    }

    private Counter cache(String outcome) {
        return Counter.builder("embedding.cache")
                .description("Embedded texts, by the source of their vectors")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Publishes the numbers of terminated and abandoned runs. */
    public void watchRuns(LongSupplier terminated, LongSupplier abandoned) {
        counter(
                "embedding.runs.terminated",
                "Runs of the engine that were terminated after their time limit",
                terminated);
        counter(
                "embedding.runs.abandoned",
                "Runs of the engine that did not stop when terminated; the second ends the process",
                abandoned);
    }

    /** Publishes the size of the vector cache. */
    public void watchCache(LongSupplier bytes, LongSupplier vectors) {
        gauge("embedding.cache.size", "Memory that cached vectors take", "bytes", bytes);
        gauge("embedding.cache.vectors", "Cached vectors", null, vectors);
    }

    /** Publishes the progress of a model's download. */
    public void watchDownload(LongSupplier done, LongSupplier size) {
        gauge("embedding.model.downloaded", "Bytes on disk of the model that is being downloaded", "bytes", done);
        gauge("embedding.model.download.size", "Size of the model that is being downloaded, or 0", "bytes", size);
    }

    /** Publishes how often the served model was replaced, and failed to be. */
    public void watchReloads(LongSupplier successes, LongSupplier failures) {
        String description = "Replacements of the running model";
        counter("embedding.reloads", description, successes, "outcome", "success");
        counter("embedding.reloads", description, failures, "outcome", "failed");
    }

    /** Publishes the number of kinds of faults that keep stored settings from being applied. */
    public void watchSettings(LongSupplier errors) {
        gauge(
                "embedding.settings.errors",
                "Kinds of faults of the stored settings, an unreachable store included",
                null,
                errors);
    }

    /** Publishes the queue length of the served model. */
    public void watchQueue(LongSupplier tokens) {
        gauge("embedding.queue.tokens", "Tokens in the queue", null, tokens);
    }

    private void counter(String name, String description, LongSupplier count, String... tags) {
        FunctionCounter.builder(name, retained(count), LongSupplier::getAsLong)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void gauge(String name, String description, @Nullable String unit, LongSupplier value) {
        Gauge.builder(name, retained(value), LongSupplier::getAsLong)
                .description(description)
                .baseUnit(unit)
                .register(registry);
    }

    /** Keeps a strong reference: the registry holds its sources only weakly. */
    private LongSupplier retained(LongSupplier supplier) {
        watched.add(supplier);
        return supplier;
    }

    /**
     * Publishes the served model, replacing the previous one; the value is always 1.
     *
     * @param provider execution provider, by ONNX Runtime's name
     */
    public synchronized void modelServed(String name, String fingerprint, String device, String provider) {
        if (modelInfo != null) {
            registry.remove(modelInfo);
        }
        modelInfo = Gauge.builder("embedding.model.info", () -> 1)
                .description("The served model")
                .tag("model", name)
                .tag("fingerprint", fingerprint)
                .tag("device", device)
                .tag("provider", provider)
                .strongReference(true)
                .register(registry);
    }

    /**
     * Records a computed batch.
     *
     * @param rows texts in it
     * @param tokens without padding
     * @param paddedTokens tokens with padding
     * @param nanos time in the engine
     */
    public void batchComputed(int rows, long tokens, long paddedTokens, long nanos) {
        this.tokens.increment((double) tokens);
        infer.record(nanos, TimeUnit.NANOSECONDS);
        batchRows.record(rows);
        paddingRatio.record((double) (paddedTokens - tokens) / Math.max(1, paddedTokens));
    }

    /** Records a batch that failed as a whole, and whose rows are about to be computed again. */
    public void batchRerun(String cause) {
        Counter.builder("embedding.batches.rerun")
                .description("Batches that failed as a whole and were computed again in parts")
                .tag("cause", cause)
                .register(registry)
                .increment();
    }

    /**
     * Records the texts that a request got vectors of.
     *
     * @param queueNanos until its first batch was formed
     */
    public void embedded(int texts, long queueNanos) {
        counters.embedded(texts);
        queueWait.record(queueNanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Records the duration of a request, however it ended.
     *
     * @param dialect API dialect of its endpoint
     * @param nanos from the moment its headers were read until its response was sent
     */
    public void requestTimed(String dialect, String outcome, long nanos) {
        requestTimes
                .computeIfAbsent(new RequestLabels(dialect, outcome), this::requestTime)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private record RequestLabels(String dialect, String outcome) {}

    private Timer requestTime(RequestLabels labels) {
        return Timer.builder("embedding.request")
                .description("One embedding request, from its headers to its response")
                .tag("dialect", labels.dialect())
                .tag("outcome", labels.outcome())
                .serviceLevelObjectives(REQUEST_BUCKETS)
                .register(registry);
    }

    /** Records a request that got vectors. */
    public void requestSucceeded(long nanos) {
        counters.succeeded(nanos);
        countRequest("success");
    }

    /** Records the texts of a successful request, by the source of their vectors. */
    public void cacheUsed(int hits, int shared, int misses, int bypassed) {
        cacheHits.increment(hits);
        cacheShared.increment(shared);
        cacheMisses.increment(misses);
        cacheBypassed.increment(bypassed);
    }

    /**
     * Records a valid request that could not be served: overload, no model, an expired deadline, a failure of the
     * engine.
     */
    public void requestFailed(String outcome) {
        counters.failed();
        countRequest(outcome);
    }

    /** Records a request that does not fit the served model, or whose caller disconnected. */
    public void requestRejected(String outcome) {
        counters.rejected();
        countRequest(outcome);
    }

    private void countRequest(String outcome) {
        registry.counter("embedding.requests", "outcome", outcome).increment();
    }
}
