package dev.embedding.reload;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Options for following changed settings; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface ReloadConfig {

    /** Poll interval of the stored settings; jitter only shortens it. */
    @WithDefault("10s")
    Duration settingsPollInterval();

    /** Behaviour where two models do not fit into memory. */
    @WithDefault("beside")
    Mode reloadMode();

    /** Patterns of models that stored settings may name; all models when empty. */
    Optional<List<String>> allowedModels();

    /** Maximum size of the weights; a larger model is rejected before it is loaded. */
    Optional<MemorySize> maxModelSize();

    /** Behaviour where two models do not fit into memory. */
    enum Mode {
        /** The new model is rejected. */
        BESIDE,
        /** The running model is closed first; until the new one serves, requests get 503. */
        DRAIN_FIRST
    }
}
