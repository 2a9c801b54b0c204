package dev.embedding.http.edge;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Limits of bodies, responses and connections. */
@ConfigMapping(prefix = "embedding")
public interface EdgeConfig {

    /** Largest body; a larger one is refused with 413. Without it 32 MB, or a quarter of the heap where that is less. */
    Optional<MemorySize> maxBodySize();

    /** How long a body may pause before it is given up with 408. */
    @WithDefault("30s")
    Duration bodyPause();

    /** How long a body may take in all before it is given up with 408. */
    @WithDefault("5m")
    Duration bodyTimeout();

    /** Bytes of bodies and answers together; over it 429. Without it a quarter of the heap. */
    Optional<MemorySize> maxInflightBytes();

    /** Connections at the same time; a further one is closed. */
    @WithDefault("4096")
    int maxConnections();

    /** How long the headers of a connection's first request may take. */
    @WithDefault("30s")
    Duration headerTimeout();

    /** How long a connection may wait for its next request. */
    @WithDefault("2m")
    Duration idleTimeout();

    /** How long a response may wait to be read on. */
    @WithDefault("30s")
    Duration answerPause();
}
