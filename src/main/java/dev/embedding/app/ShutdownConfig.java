package dev.embedding.app;

import dev.embedding.support.config.Durations;
import dev.embedding.support.config.Rule;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Timing of the shutdown. */
@ConfigMapping(prefix = "embedding")
public interface ShutdownConfig {

    /** How long the service keeps serving after its readiness ends, so that load balancers notice. */
    @WithDefault("0s")
    @WithConverter(Durations.OrZero.class)
    @Rule("a duration as 5s, or 0s")
    Duration shutdownDelay();

    /** How long draining and closing may take together. */
    @WithDefault("25s")
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 25s or 500ms")
    Duration shutdownTimeout();
}
