package dev.embedding.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Delay and timeout of the shutdown; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface ShutdownConfig {

    /** How long it serves on after it stopped being ready, for balancers to notice. */
    @WithDefault("0s")
    Duration shutdownDelay();

    /** How long draining and closing may take together. */
    @WithDefault("25s")
    Duration shutdownTimeout();
}
