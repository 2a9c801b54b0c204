package dev.embedding.app;

import dev.embedding.support.config.Durations;
import dev.embedding.support.config.Fraction;
import dev.embedding.support.config.Rule;
import dev.embedding.support.config.Sizes;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of the inference engine and its lanes; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface EngineConfig {

    /** Batches computed at the same time: {@code auto} or a number. */
    @WithDefault("auto")
    @WithConverter(LaneCount.class)
    @Rule(LaneCount.RULE)
    int lanes();

    /** GPU memory that ONNX Runtime may take. */
    @WithConverter(Sizes.OrUnset.class)
    @Rule("empty, or a size as 4G")
    Optional<MemorySize> gpuMemoryLimit();

    /**
     * A run of the engine is terminated when it takes longer than this, and ten times longer than its tokens usually
     * take.
     */
    @WithDefault("30s")
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 30s or 500ms")
    Duration runTimeout();

    /** Minimum cosine to fp32, of the worst text, that a model quantized at load must reach. */
    @WithDefault("0.99")
    @WithConverter(Fraction.class)
    @Rule(Fraction.RULE)
    double minCosine();
}
