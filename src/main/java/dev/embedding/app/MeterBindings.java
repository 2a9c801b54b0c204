package dev.embedding.app;

import dev.embedding.reload.LoadProgress;
import dev.embedding.reload.ReloadCounters;
import dev.embedding.reload.RemovedModel;
import dev.embedding.reload.ServedModel;
import dev.embedding.reload.SettingsFollower;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.ModelSlot;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.telemetry.EmbeddingMeters;
import dev.embedding.telemetry.ModelLabels;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Connects the meters to the components that they read. */
@Singleton
class MeterBindings {

    private final EmbeddingMeters meters;
    private final ModelRegistry models;

    MeterBindings(EmbeddingMeters meters, ModelRegistry models) {
        this.meters = meters;
        this.models = models;
    }

    void onStart(
            @Observes StartupEvent start,
            ReloadCounters reloads,
            LoadProgress progress,
            ModelHost host,
            VectorCache cache,
            SettingsFollower settings) {
        watch(ServiceSettings.DEFAULT_MODEL);
        meters.watchRuns(host::terminatedRuns, host::abandonedRuns);
        meters.watchCache(cache::bytes, cache::size);
        meters.watchReloads(reloads::successes, reloads::failures);
        meters.watchDownload(progress::done, progress::all);
        meters.watchSettings(settings::faults);
    }

    void onServed(@Observes ServedModel served) {
        LoadedModel model = served.model();
        watch(served.id());
        meters.modelServed(
                served.id(),
                new ModelLabels(model.name(), served.fingerprint(), model.device(), model.executionProvider()));
    }

    void onRemoved(@Observes RemovedModel removed) {
        meters.modelRemoved(removed.id());
    }

    private void watch(String id) {
        meters.watchModel(id, () -> queuedTokens(id));
    }

    private long queuedTokens(String id) {
        return models.slot(id)
                .flatMap(ModelSlot::model)
                .map(LoadedModel::queuedTokens)
                .orElse(0L);
    }
}
