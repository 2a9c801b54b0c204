package dev.embedding.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits of the time that requests wait; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface QueueConfig {

    /** An interactive request that would wait longer is refused. */
    @WithDefault("10s")
    Duration maxQueueWait();

    /** A request of the batch class that would wait longer is refused. */
    @WithDefault("300s")
    Duration maxBatchWait();

    /** Least deadline of a request that names none. */
    @WithDefault("60s")
    Duration requestTimeout();
}
