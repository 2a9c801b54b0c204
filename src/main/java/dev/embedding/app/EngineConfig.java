package dev.embedding.app;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of the inference engine and its lanes; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface EngineConfig {

    /** Batches computed at the same time: {@code auto} or a number. */
    @WithDefault("auto")
    String lanes();

    /** GPU memory that ONNX Runtime may take. */
    Optional<MemorySize> gpuMemoryLimit();

    /**
     * A run of the engine is terminated when it takes longer than this, and ten times longer than its tokens usually
     * take.
     */
    @WithDefault("30s")
    Duration runTimeout();

    /** Minimum cosine to fp32, of the worst text, that a model quantized at load must reach. */
    @WithDefault("0.99")
    double minCosine();
}
