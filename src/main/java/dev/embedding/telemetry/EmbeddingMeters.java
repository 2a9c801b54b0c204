package dev.embedding.telemetry;

import dev.embedding.reload.LoadProgress;
import dev.embedding.reload.ReloadCounters;
import dev.embedding.reload.ServedModel;
import dev.embedding.reload.SettingsFollower;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.EmbeddingFailure;
import dev.embedding.serving.EmbeddingModel;
import dev.embedding.serving.Embeddings;
import dev.embedding.serving.ModelHost;
import dev.embedding.serving.ServingListener;
import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.serving.cache.VectorCache;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What requests and batches did, as meters. Labels are bounded: never a text, a path or a request id. */
@Singleton
public class EmbeddingMeters implements ServingListener {

    private static final Map<Class<?>, String> OUTCOMES = Map.ofEntries(
            Map.entry(EmbeddingFailure.NoModel.class, "no_model"),
            Map.entry(EmbeddingFailure.GivenUp.class, "given_up"),
            Map.entry(EmbeddingFailure.Saturated.class, "saturated"),
            Map.entry(EmbeddingFailure.DeadlinePassed.class, "deadline_passed"),
            Map.entry(EmbeddingFailure.OtherSpace.class, "other_space"),
            Map.entry(EmbeddingFailure.UnknownModel.class, "unknown_model"),
            Map.entry(EmbeddingFailure.NoSuchPrompt.class, "no_such_prompt"),
            Map.entry(EmbeddingFailure.NoTokens.class, "no_tokens"),
            Map.entry(EmbeddingFailure.TooLong.class, "too_long"),
            Map.entry(EmbeddingFailure.UnusableTokens.class, "unusable_tokens"),
            Map.entry(EmbeddingFailure.OtherDimensions.class, "other_dimensions"));

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
    private @Nullable Gauge modelInfo;

    EmbeddingMeters(MeterRegistry registry, RequestCounters counters) {
        this.registry = registry;
        this.counters = counters;
        this.tokens = Counter.builder("embedding.tokens")
                .description("True tokens computed, special ones included")
                .register(registry);
        this.queueWait = Timer.builder("embedding.queue.wait")
                .description("From a request's queueing until its first batch was cut")
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
                .description("Answered texts, by where their vectors came from")
                .tag("outcome", outcome)
                .register(registry);
    }

    void onStart(
            @Observes StartupEvent start,
            ActiveModel active,
            ReloadCounters reloads,
            LoadProgress progress,
            ModelHost host,
            VectorCache cache,
            SettingsFollower settings) {
        watch(active);
        watch(host);
        watch(cache);
        watch(reloads);
        watch(progress);
        Gauge.builder("embedding.settings.faults", settings, SettingsFollower::faults)
                .description("Settings that are not followed, and a store of settings that is away")
                .register(registry);
    }

    /** Publishes what became of runs that took too long. */
    public void watch(ModelHost host) {
        FunctionCounter.builder("embedding.runs.terminated", host, ModelHost::terminatedRuns)
                .description("Runs of the engine that took too long and were told to stop")
                .register(registry);
        FunctionCounter.builder("embedding.runs.given.up", host, ModelHost::givenUpRuns)
                .description("Runs of the engine that did not stop; the second ends the process")
                .register(registry);
    }

    private void watch(VectorCache cache) {
        Gauge.builder("embedding.cache.size", cache, VectorCache::bytes)
                .description("Memory that kept vectors take")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("embedding.cache.vectors", cache, VectorCache::size)
                .description("Vectors that are kept")
                .register(registry);
    }

    private void watch(LoadProgress progress) {
        Gauge.builder("embedding.model.download.done", progress, LoadProgress::done)
                .description("What is on disk of the model that is being downloaded")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("embedding.model.download.all", progress, LoadProgress::all)
                .description("Size of what is being downloaded of a model; 0 while nothing is")
                .baseUnit("bytes")
                .register(registry);
    }

    private void watch(ReloadCounters reloads) {
        FunctionCounter.builder("embedding.reloads", reloads, ReloadCounters::successes)
                .description("Replacements of the running model")
                .tag("outcome", "done")
                .register(registry);
        FunctionCounter.builder("embedding.reloads", reloads, ReloadCounters::failures)
                .description("Replacements of the running model")
                .tag("outcome", "failed")
                .register(registry);
    }

    void onServed(@Observes ServedModel served) {
        served(served.model(), served.fingerprint());
    }

    /** Publishes the queue of whatever model is served. */
    public void watch(ActiveModel active) {
        Gauge.builder("embedding.queue.tokens", active, model -> model.model()
                        .map(EmbeddingModel::queuedTokens)
                        .orElse(0L))
                .description("Tokens that wait to be computed")
                .register(registry);
    }

    /** Publishes which model is served, in place of the one before; the value is always 1. */
    public synchronized void served(EmbeddingModel model, String fingerprint) {
        if (modelInfo != null) {
            registry.remove(modelInfo);
        }
        modelInfo = Gauge.builder("embedding.model.info", () -> 1)
                .description("The model that is served")
                .tag("model", model.name())
                .tag("fingerprint", fingerprint)
                .tag("device", model.device())
                .tag("provider", model.executionProvider())
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void batchComputed(int rows, long trueTokens, long paddedTokens, long nanos) {
        tokens.increment((double) trueTokens);
        infer.record(nanos, TimeUnit.NANOSECONDS);
        batchRows.record(rows);
        paddingRatio.record((double) (paddedTokens - trueTokens) / Math.max(1, paddedTokens));
    }

    @Override
    public void batchRerun(RerunCause cause) {
        Counter.builder("embedding.batches.rerun")
                .description("Batches that failed as a whole and were computed again in parts")
                .tag("cause", cause.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    /**
     * A request that passed validation was answered.
     *
     * @param nanos from its arrival
     */
    public void answered(Embeddings embeddings, long nanos) {
        counters.answered(embeddings.vectors().size(), nanos);
        queueWait.record(embeddings.timings().queueNanos(), TimeUnit.NANOSECONDS);
        count("answered");
        count(embeddings.sources());
    }

    private void count(CacheCounts sources) {
        cacheHits.increment(sources.hits());
        cacheShared.increment(sources.shared());
        cacheMisses.increment(sources.misses());
        cacheBypassed.increment(sources.bypassed());
    }

    /** A request that passed validation was not answered. */
    public void failed(Throwable failure) {
        if (isRefusal(failure)) {
            counters.refused();
        } else {
            counters.failed();
        }
        count(outcome(failure));
    }

    /** Whether it is the request that could not be served, not the service that failed. */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof EmbeddingFailure.OtherSpace
                || failure instanceof EmbeddingFailure.UnknownModel
                || failure instanceof EmbeddingFailure.Unfit;
    }

    /** The caller went away before the answer. */
    public void cancelled() {
        counters.refused();
        count("cancelled");
    }

    private static String outcome(Throwable failure) {
        return OUTCOMES.getOrDefault(failure.getClass(), "failed");
    }

    private void count(String outcome) {
        registry.counter("embedding.requests", "outcome", outcome).increment();
    }
}
