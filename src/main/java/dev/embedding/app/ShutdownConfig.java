package dev.embedding.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Timing of the shutdown. */
@ConfigMapping(prefix = "embedding")
public interface ShutdownConfig {

    /** How long the service keeps serving after its readiness ends, so that load balancers notice. */
    @WithDefault("0s")
    Duration shutdownDelay();

    /** How long draining and closing may take together. */
    @WithDefault("25s")
    Duration shutdownTimeout();
}
