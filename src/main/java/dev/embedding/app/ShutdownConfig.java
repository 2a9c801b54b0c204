package dev.embedding.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How the service ends. */
@ConfigMapping(prefix = "embedding")
public interface ShutdownConfig {

    /** How long it serves on after it stopped being ready, for balancers to notice. */
    @WithDefault("0s")
    Duration shutdownDelay();

    /** How long draining and closing may take together. */
    @WithDefault("25s")
    Duration shutdownTimeout();
}
