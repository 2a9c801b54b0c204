package dev.embedding.reload;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Polling of stored settings and limits of reloads; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface ReloadConfig {

    /** How often stored settings are looked at; jitter only shortens it. */
    @WithDefault("10s")
    Duration settingsPollInterval();

    /** What happens where two models do not fit into memory. */
    @WithDefault("beside")
    Mode reloadMode();

    /** Patterns of models that stored settings may name; without any, all. */
    Optional<List<String>> allowedModels();

    /** Most bytes of weights; a model with more is refused before it is loaded. */
    Optional<MemorySize> maxModelSize();

    /** Behaviour where two models do not fit into memory. */
    enum Mode {
        /** The new model is refused. */
        BESIDE,
        /** The running model is closed first; until the new one serves, requests are answered 503. */
        DRAIN_FIRST
    }
}
