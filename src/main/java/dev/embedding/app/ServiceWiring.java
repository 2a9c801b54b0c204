package dev.embedding.app;

import dev.embedding.batch.admission.WaitLimits;
import dev.embedding.http.access.AccessControl;
import dev.embedding.http.edge.CorsOrigins;
import dev.embedding.model.FileHashes;
import dev.embedding.model.locate.HubModels;
import dev.embedding.model.locate.ModelLocator;
import dev.embedding.reload.LastGoodSettings;
import dev.embedding.reload.LoadProgress;
import dev.embedding.reload.MemoryLimits;
import dev.embedding.reload.ModelLoader;
import dev.embedding.reload.ReloadConfig;
import dev.embedding.reload.ReloadCounters;
import dev.embedding.reload.ReloadExecutor;
import dev.embedding.reload.RemovedModel;
import dev.embedding.reload.ServedModel;
import dev.embedding.reload.SettingsControl;
import dev.embedding.reload.SettingsFollower;
import dev.embedding.serving.InferenceService;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.ServingMetrics;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.ArchitectureGraphs;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.QueueLimits;
import dev.embedding.serving.model.check.GoldenVectors;
import dev.embedding.serving.model.quantized.QuantizedModels;
import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.SettingsStore;
import dev.embedding.settings.StatusBoard;
import dev.embedding.settings.environment.Environment;
import dev.embedding.settings.environment.EnvironmentSettings;
import dev.embedding.settings.environment.ListenAddress;
import dev.embedding.telemetry.EmbeddingMeters;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/** Wires the plain components together, and starts and stops them with the application. */
@Singleton
class ServiceWiring {

    private static final Logger LOG = Logger.getLogger("dev.embedding");

    @Produces
    @Singleton
    Environment environment() {
        return Environment.ofProcess();
    }

    @Produces
    @Singleton
    EnvironmentSettings environmentSettings(Environment environment) {
        return EnvironmentSettings.of(environment);
    }

    @Produces
    @Singleton
    ModelHost modelHost(
            EngineConfig config,
            QueueConfig queue,
            EnvironmentSettings environment,
            VectorCache cache,
            ServingMetrics metrics) {
        WaitLimits waits = new WaitLimits(queue.maxQueueWait(), queue.maxBatchWait());
        QueueLimits limits = new QueueLimits(waits, queue.requestTimeout());
        FileHashes hashes = new FileHashes(Path.of(environment.settings().get(Setting.MODEL_CACHE_DIR)));
        return new ModelHost(
                config.lanes(), LaneCount.automatic(), config.runTimeout(), limits, cache, hashes, metrics);
    }

    @Produces
    @Singleton
    ServingMetrics servingMetrics(EmbeddingMeters meters) {
        return new ServingMetrics(meters);
    }

    @Produces
    @Singleton
    CorsOrigins corsOrigins(SettingsControl settings) {
        return () -> settings.current().get(Setting.CORS_ORIGINS);
    }

    @Produces
    @Singleton
    LoadProgress loadProgress() {
        return new LoadProgress();
    }

    @Produces
    @Singleton
    ModelRegistry modelRegistry() {
        return new ModelRegistry(ServiceSettings.DEFAULT_MODEL);
    }

    @Produces
    @Singleton
    VectorCache vectorCache(CacheConfig config) {
        long requested = config.cacheSize().asLongValue();
        long limit = Runtime.getRuntime().maxMemory() / 2;
        if (requested > limit) {
            LOG.warnf(
                    "EMBEDDING_CACHE_SIZE is %,d bytes, more than half of the Java heap; limited to %,d",
                    requested, limit);
        }
        return VectorCache.ofBytes(Math.min(requested, limit));
    }

    @Produces
    @Singleton
    InferenceService inference(ModelRegistry registry, ModelHost host, VectorCache cache) {
        return new InferenceService(registry, host.workers(), cache);
    }

    @Produces
    @Singleton
    SettingsFollower settingsFollower(
            Environment variables,
            EnvironmentSettings environment,
            EngineConfig engine,
            ReloadConfig reload,
            ReloadCounters counters,
            LoadProgress progress,
            ModelHost host,
            ModelRegistry registry,
            Optional<SettingsStore> store,
            Optional<StatusBoard> board,
            Event<ServedModel> served,
            Event<RemovedModel> removed) {
        ServiceSettings settings = environment.settings();
        ModelLoader loader = new ModelLoader(
                host,
                new ModelLocator(
                        ModelLocator.defaultBundledRoots(),
                        new HubModels(variables::value, maxModelBytes(reload), progress),
                        new ArchitectureGraphs()),
                new QuantizedModels(
                        host, Path.of(settings.get(Setting.MODEL_CACHE_DIR), "quantized"), engine.minCosine()),
                new GoldenVectors(Path.of(settings.get(Setting.MODEL_CACHE_DIR), "golden")),
                progress,
                environment.given().contains(SettingKey.of(Setting.MODEL_CACHE_DIR)),
                new MemoryLimits(
                        engine.gpuMemoryLimit().map(MemorySize::asLongValue).orElse(0L),
                        AvailableMemory.ofThisMachine().runBytes(host.laneCount())));
        ReloadExecutor models = new ReloadExecutor(
                registry,
                loader,
                AvailableMemory.ofThisMachine()::bytes,
                reload,
                counters,
                new ServingNews(served, removed, settings, host));
        return new SettingsFollower(
                environment,
                store,
                board,
                replica(settings),
                new LastGoodSettings(Path.of(settings.get(Setting.MODEL_CACHE_DIR)), settings.get(Setting.PORT)),
                models,
                reload.settingsPollInterval(),
                reload.allowedModels().orElse(AllowedModels.ALL));
    }

    private static OptionalLong maxModelBytes(ReloadConfig reload) {
        return reload.maxModelSize()
                .map(size -> OptionalLong.of(size.asLongValue()))
                .orElseGet(OptionalLong::empty);
    }

    /** Name of this replica in the status table. */
    private static String replica(ServiceSettings settings) {
        ListenAddress address = ListenAddress.of(settings);
        return (address.isEveryInterface() ? hostName() : address.hostInBrackets()) + ":" + address.port();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unresolvable) {
            return "localhost";
        }
    }

    void onStart(
            @Observes StartupEvent event,
            SettingsFollower follower,
            EnvironmentSettings environment,
            ShutdownConfig config,
            AccessControl access,
            ModelHost host) {
        environment.warnings().forEach(LOG::warn);
        if (access.isOpen() && !follower.source().equals("environment")) {
            LOG.warn("Settings can be changed by every caller: set EMBEDDING_ADMIN_KEYS");
        }
        UnrecoverableExit exit = new UnrecoverableExit(follower, config.shutdownTimeout(), host::endProcess);
        CompletionStage<Void> unused = host.unrecoverable().thenRun(exit::begin);
        follower.start();
    }

    void onStop(@Observes ShutdownEvent event, SettingsFollower follower, ShutdownSequence sequence, ModelHost host) {
        try {
            follower.stop(sequence.timeLeft());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        host.close();
    }
}
