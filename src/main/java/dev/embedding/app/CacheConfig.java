package dev.embedding.app;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Size of the vector cache; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface CacheConfig {

    /** 0 switches off the cache, and with it that equal texts share a computation. */
    @WithDefault("64M")
    MemorySize cacheSize();
}
