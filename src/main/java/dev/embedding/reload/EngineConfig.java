package dev.embedding.reload;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How the machine is used; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface EngineConfig {

    /** Batches computed at the same time: {@code auto} or a number. */
    @WithDefault("auto")
    String lanes();

    /** GPU memory that ONNX Runtime may take. */
    Optional<MemorySize> gpuMemoryLimit();

    /** How long accepted requests are waited for at shutdown. */
    @WithDefault("25s")
    Duration shutdownTimeout();
}
