package dev.embedding.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits of the queueing time; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface QueueConfig {

    /** An interactive request that would wait longer is rejected. */
    @WithDefault("10s")
    Duration maxQueueWait();

    /** A request of the batch class that would wait longer is rejected. */
    @WithDefault("300s")
    Duration maxBatchWait();

    /** Minimum deadline of a request that sets none. */
    @WithDefault("60s")
    Duration requestTimeout();
}
