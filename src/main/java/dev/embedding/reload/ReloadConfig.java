package dev.embedding.reload;

import dev.embedding.settings.AllowedModels;
import dev.embedding.support.config.Durations;
import dev.embedding.support.config.Rule;
import dev.embedding.support.config.Sizes;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.Converter;

/** Options for following changed settings; fixed at start. */
@ConfigMapping(prefix = "embedding")
public interface ReloadConfig {

    /** Poll interval of the stored settings; jitter only shortens it. */
    @WithDefault("10s")
    @WithConverter(Durations.OfASecondOrMore.class)
    @Rule("a duration of 1s or more")
    Duration settingsPollInterval();

    /** Behaviour where two models do not fit into memory. */
    @WithDefault("beside")
    @WithConverter(ModeName.class)
    @Rule(ModeName.RULE)
    Mode reloadMode();

    /** Patterns of models that stored settings may name; all models when empty. */
    @WithConverter(ModelPatterns.class)
    @Rule("one or more patterns of hub ids and of directories from the root, comma-separated, as acme/*,/models/**")
    Optional<AllowedModels> allowedModels();

    /** Maximum size of the weights; a larger model is rejected before it is loaded. */
    @WithConverter(Sizes.OrUnset.class)
    @Rule("empty, or a size as 2G")
    Optional<MemorySize> maxModelSize();

    /** Behaviour where two models do not fit into memory. */
    enum Mode {
        /** The new model is rejected. */
        BESIDE,
        /** The running model is closed first; until the new one serves, requests get 503. */
        DRAIN_FIRST
    }

    /** Converter of the words of the modes. */
    final class ModeName implements Converter<Mode> {

        static final String RULE = "beside or drain-first";

        @Override
        public Mode convert(String text) {
            return switch (text.strip()) {
                case "beside" -> Mode.BESIDE;
                case "drain-first" -> Mode.DRAIN_FIRST;
                default -> throw new IllegalArgumentException("must be " + RULE);
            };
        }
    }

    /** Converter of comma-separated patterns. Quarkus' own lists lose backslashes and keep blanks. */
    final class ModelPatterns implements Converter<AllowedModels> {
        @Override
        public AllowedModels convert(String text) {
            return new AllowedModels(
                    Stream.of(text.split(",", -1)).map(String::strip).toList());
        }
    }
}
