package dev.embedding.http.edge;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Limits of bodies, responses and connections. */
@ConfigMapping(prefix = "embedding")
public interface EdgeConfig {

    /**
     * Maximum body size; a larger body is rejected with 413. By default 32 MB, or a quarter of the heap where that is
     * less.
     */
    Optional<MemorySize> maxBodySize();

    /** How long a body may pause before it is aborted with 408. */
    @WithDefault("30s")
    Duration bodyPause();

    /** How long a body may take in total before it is aborted with 408. */
    @WithDefault("5m")
    Duration bodyTimeout();

    /** Maximum bytes of bodies and responses together; beyond it requests get 429. By default a quarter of the heap. */
    Optional<MemorySize> maxInflightBytes();

    /** Maximum number of connections; a further one is closed. */
    @WithDefault("4096")
    int maxConnections();

    /** How long the headers of a connection's first request may take. */
    @WithDefault("30s")
    Duration headerTimeout();

    /** How long a connection may wait for its next request. */
    @WithDefault("2m")
    Duration idleTimeout();

    /** How long a response may pause before its caller reads on. */
    @WithDefault("30s")
    Duration answerPause();
}
