package dev.embedding.app;

import dev.embedding.support.config.Rule;
import dev.embedding.support.config.Sizes;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Settings of the vector cache; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface CacheConfig {

    /**
     * Maximum memory of cached vectors; 0 disables the cache, and with it the sharing of computations by equal texts.
     */
    @WithDefault("64M")
    @WithConverter(Sizes.OrZero.class)
    @Rule("a size as 64M, or 0")
    MemorySize cacheSize();
}
