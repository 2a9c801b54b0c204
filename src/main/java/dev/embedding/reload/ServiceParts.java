package dev.embedding.reload;

import dev.embedding.model.ModelLocator;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.Embedder;
import dev.embedding.serving.EmbeddingModel;
import dev.embedding.serving.ModelHost;
import dev.embedding.serving.ServingListener;
import dev.embedding.settings.Environment;
import dev.embedding.settings.EnvironmentSettings;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** Puts the plain parts of the service together, and starts and stops them with the application. */
@Singleton
class ServiceParts {

    private static final Logger LOG = Logger.getLogger("dev.embedding");

    @Produces
    @Singleton
    EnvironmentSettings environmentSettings() {
        return EnvironmentSettings.of(Environment.ofProcess());
    }

    @Produces
    @Singleton
    ModelHost modelHost(EngineConfig config, ServingListener listener) {
        int lanes = LaneCount.of(config.lanes());
        return new ModelHost(lanes, LaneCount.of("auto"), listener);
    }

    @Produces
    @Singleton
    ActiveModel activeModel() {
        return new ActiveModel();
    }

    @Produces
    @Singleton
    Embedder embedder(ActiveModel active, ModelHost host) {
        return new Embedder(active, host.workers());
    }

    @Produces
    @Singleton
    ModelLifecycle modelLifecycle(
            EnvironmentSettings environment,
            EngineConfig config,
            ModelHost host,
            ActiveModel active,
            Event<EmbeddingModel> served) {
        return new ModelLifecycle(
                environment.settings(),
                config,
                host,
                new ModelLocator(ModelLocator.defaultBundledRoots()),
                active,
                model -> {
                    served.fire(model);
                    LOG.info(StartBanner.of(environment.settings(), model, host));
                });
    }

    void onStart(@Observes StartupEvent event, ModelLifecycle lifecycle, EnvironmentSettings environment) {
        environment.warnings().forEach(LOG::warn);
        lifecycle.start();
    }

    void onStop(@Observes ShutdownEvent event, ModelLifecycle lifecycle) {
        lifecycle.stop();
    }
}
