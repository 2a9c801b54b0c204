package dev.embedding.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Meters of requests, batches, models and settings. Labels are bounded: never a text, a path or a request id. The label
 * {@code model} is the id of a model, which its operator chose, or {@code (none)}: never a name from a request. The meters
 * of an id exist from {@link #watchModel} to {@link #modelRemoved}; what is recorded for another id counts as without a
 * model, or not at all where a meter concerns models only.
 */
@Singleton
public class EmbeddingMeters {

    /** Label of requests that reached no model; no model can have it as its id. */
    private static final String NO_MODEL = "(none)";

    private final MeterRegistry registry;
    private final RequestCounters counters;
    private final RequestMeters withoutModel;
    private final Map<String, ModelMeters> models = new ConcurrentHashMap<>();
    private final List<LongSupplier> watched = new CopyOnWriteArrayList<>();

    public EmbeddingMeters(MeterRegistry registry, RequestCounters counters) {
        this.registry = registry;
        this.counters = counters;
        this.withoutModel = new RequestMeters(new MeterGroup(registry, NO_MODEL));
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

    /**
     * Publishes the meters of a model's id; once for each id.
     *
     * @param queuedTokens tokens that wait for the model of this id
     */
    public void watchModel(String id, LongSupplier queuedTokens) {
        models.computeIfAbsent(id, added -> new ModelMeters(registry, added, queuedTokens));
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

    /** Publishes the model that is served under an id, in place of the previous one; the value is always 1. */
    public void modelServed(String id, ModelLabels labels) {
        withMeters(id, meters -> meters.served(labels));
    }

    /** Removes the meters of an id. */
    public void modelRemoved(String id) {
        // In one step of the map, so that a later model of this id gets its meters after these are removed.
        models.computeIfPresent(id, (removed, meters) -> {
            meters.remove();
            return null;
        });
    }

    /**
     * Records a computed batch.
     *
     * @param id id of its model
     * @param rows texts in it
     * @param tokens without padding
     * @param paddedTokens tokens with padding
     * @param nanos time in the engine
     */
    public void batchComputed(String id, int rows, long tokens, long paddedTokens, long nanos) {
        withMeters(id, meters -> meters.batchComputed(rows, tokens, paddedTokens, nanos));
    }

    /** Records a batch that failed as a whole, and whose rows are about to be computed again. */
    public void batchRerun(String id, String cause) {
        withMeters(id, meters -> meters.batchRerun(cause));
    }

    /**
     * Records the texts that a request got vectors of.
     *
     * @param id id of its model
     * @param queueNanos until its first batch was formed
     */
    public void embedded(Optional<String> id, int texts, long queueNanos) {
        counters.embedded(texts);
        id.ifPresent(leased -> withMeters(leased, meters -> meters.queued(queueNanos)));
    }

    /** Records the texts of a successful request, by the source of their vectors. */
    public void cacheUsed(Optional<String> id, int hits, int shared, int misses, int bypassed) {
        id.ifPresent(leased -> withMeters(leased, meters -> meters.cacheUsed(hits, shared, misses, bypassed)));
    }

    private void withMeters(String id, Consumer<ModelMeters> action) {
        ModelMeters meters = models.get(id);
        if (meters != null) {
            action.accept(meters);
        }
    }

    /**
     * Records the duration of a request, however it ended.
     *
     * @param id id of its model; empty where it reached none
     * @param dialect API dialect of its endpoint
     * @param nanos from the moment its headers were read until its response was sent
     */
    public void requestTimed(Optional<String> id, String dialect, String outcome, long nanos) {
        requests(id).timed(dialect, outcome, nanos);
    }

    /** Records a request that got vectors. */
    public void requestSucceeded(Optional<String> id, long nanos) {
        counters.succeeded(nanos);
        requests(id).counted("success");
    }

    /**
     * Records a valid request that could not be served: overload, no model, an expired deadline, a failure of the
     * engine.
     */
    public void requestFailed(Optional<String> id, String outcome) {
        counters.failed();
        requests(id).counted(outcome);
    }

    /** Records a request that does not fit the served model, or whose caller disconnected. */
    public void requestRejected(Optional<String> id, String outcome) {
        counters.rejected();
        requests(id).counted(outcome);
    }

    private RequestMeters requests(Optional<String> id) {
        return id.map(models::get).map(ModelMeters::requests).orElse(withoutModel);
    }
}
