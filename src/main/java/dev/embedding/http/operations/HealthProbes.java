package dev.embedding.http.operations;

import dev.embedding.http.edge.OpenExchanges;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.model.ModelHost;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** Probes for Kubernetes; each reads volatile fields only. */
@Singleton
class HealthProbes {

    private volatile boolean startedOnce;

    /** Started: a model was loaded once. */
    @Produces
    @Singleton
    @Startup
    AsyncHealthCheck started(ModelRegistry models) {
        return () -> {
            startedOnce |= models.defaultSlot().model().isPresent();
            return response("model loaded once", startedOnce);
        };
    }

    /**
     * Ready: a model is served and can compute, and the process is not shutting down. A reload or a full queue does not
     * change it.
     */
    @Produces
    @Singleton
    @Readiness
    AsyncHealthCheck ready(ModelRegistry models, OpenExchanges exchanges) {
        return () -> {
            boolean computes = models.defaultSlot()
                    .model()
                    .filter(model -> model.fault().isEmpty())
                    .isPresent();
            return response("model serves", computes && !exchanges.areShuttingDown());
        };
    }

    /** Live: the event loop responds, and no run holds a lane far beyond its limit. */
    @Produces
    @Singleton
    @Liveness
    AsyncHealthCheck live(ModelHost host) {
        return () -> response("event loop answers and lanes go on", !host.isStuck());
    }

    private static Uni<HealthCheckResponse> response(String name, boolean up) {
        return Uni.createFrom().item(HealthCheckResponse.named(name).status(up).build());
    }
}
