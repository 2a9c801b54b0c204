package dev.embedding.app;

import dev.embedding.support.config.Durations;
import dev.embedding.support.config.Rule;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits of the queueing time; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface QueueConfig {

    /** An interactive request that would wait longer is rejected. */
    @WithDefault("10s")
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 10s or 500ms")
    Duration maxQueueWait();

    /** A request of the batch class that would wait longer is rejected. */
    @WithDefault("300s")
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 300s or 5m")
    Duration maxBatchWait();

    /** Minimum deadline of a request that sets none. */
    @WithDefault("60s")
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 60s or 500ms")
    Duration requestTimeout();
}
