package dev.embedding.app;

import dev.embedding.reload.LoadProgress;
import dev.embedding.reload.ReloadCounters;
import dev.embedding.reload.ServedModel;
import dev.embedding.reload.SettingsFollower;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.telemetry.EmbeddingMeters;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Connects the meters to the components that they read. */
@Singleton
class MeterBindings {

    private final EmbeddingMeters meters;

    MeterBindings(EmbeddingMeters meters) {
        this.meters = meters;
    }

    void onStart(
            @Observes StartupEvent start,
            ModelRegistry models,
            ReloadCounters reloads,
            LoadProgress progress,
            ModelHost host,
            VectorCache cache,
            SettingsFollower settings) {
        meters.watchQueue(() ->
                models.served().stream().mapToLong(LoadedModel::queuedTokens).sum());
        meters.watchRuns(host::terminatedRuns, host::abandonedRuns);
        meters.watchCache(cache::bytes, cache::size);
        meters.watchReloads(reloads::successes, reloads::failures);
        meters.watchDownload(progress::done, progress::all);
        meters.watchSettings(settings::faults);
    }

    void onServed(@Observes ServedModel served) {
        LoadedModel model = served.model();
        meters.modelServed(model.name(), served.fingerprint(), model.device(), model.executionProvider());
    }
}
