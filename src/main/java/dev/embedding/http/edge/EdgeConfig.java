package dev.embedding.http.edge;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits of request bodies. */
@ConfigMapping(prefix = "embedding")
public interface EdgeConfig {

    /** Largest body; a larger one is refused with 413. */
    @WithDefault("32M")
    MemorySize maxBodySize();

    /** How long a body may pause before it is given up with 408. */
    @WithDefault("30s")
    Duration bodyPause();
}
