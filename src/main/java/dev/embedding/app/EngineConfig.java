package dev.embedding.app;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Use of the machine by the engine; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface EngineConfig {

    /** Batches computed at the same time: {@code auto} or a number. */
    @WithDefault("auto")
    String lanes();

    /** GPU memory that ONNX Runtime may take. */
    Optional<MemorySize> gpuMemoryLimit();

    /** A run of the engine that takes longer, and ten times longer than its tokens usually do, is terminated. */
    @WithDefault("30s")
    Duration runTimeout();

    /** What a model that is quantized at loading must reach against fp32, of the text that fares worst. */
    @WithDefault("0.99")
    double minCosine();
}
