package dev.embedding.http;

import dev.embedding.reload.ModelState;
import dev.embedding.reload.SettingsFollower;
import dev.embedding.serving.ActiveModel;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** What Kubernetes asks; each answer reads volatile fields only. */
@Singleton
class Probes {

    private volatile boolean startedOnce;

    /** Started: a model was loaded once. */
    @Produces
    @Singleton
    @Startup
    AsyncHealthCheck started(ActiveModel active) {
        return () -> {
            startedOnce |= active.model().isPresent();
            return answer("model loaded once", startedOnce);
        };
    }

    /** Ready: a model serves. */
    @Produces
    @Singleton
    @Readiness
    AsyncHealthCheck ready(ActiveModel active, SettingsFollower follower) {
        return () ->
                answer("model serves", active.model().isPresent() && !(follower.state() instanceof ModelState.Stopped));
    }

    /** Live: this answer was given by the event loop. */
    @Produces
    @Singleton
    @Liveness
    AsyncHealthCheck live() {
        return () -> answer("event loop answers", true);
    }

    private static Uni<HealthCheckResponse> answer(String name, boolean up) {
        return Uni.createFrom().item(HealthCheckResponse.named(name).status(up).build());
    }
}
