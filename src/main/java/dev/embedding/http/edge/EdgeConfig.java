package dev.embedding.http.edge;

import dev.embedding.support.config.Durations;
import dev.embedding.support.config.Rule;
import dev.embedding.support.config.Sizes;
import dev.embedding.support.config.WholeNumber;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.Converter;

/** Limits of bodies, responses and connections. */
@ConfigMapping(prefix = "embedding")
public interface EdgeConfig {

    /**
     * Maximum body size; a larger body is rejected with 413. By default 32 MB, or a quarter of the heap where that is
     * less.
     */
    @WithConverter(Sizes.Positive.class)
    @Rule("a size as 32M")
    Optional<MemorySize> maxBodySize();

    /** How long a body may pause before it is aborted with 408. */
    @WithDefault("30s")
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 30s or 500ms")
    Duration bodyPause();

    /** How long a body may take in total before it is aborted with 408. */
    @WithDefault("5m")
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 5m or 500ms")
    Duration bodyTimeout();

    /** Maximum bytes of bodies and responses together; beyond it requests get 429. By default a quarter of the heap. */
    @WithConverter(Sizes.OrUnset.class)
    @Rule("empty, or a size as 256M")
    Optional<MemorySize> maxInflightBytes();

    /** Maximum number of connections; a further one is closed. */
    @WithDefault("4096")
    @WithConverter(ConnectionCount.class)
    @Rule(ConnectionCount.RULE)
    int maxConnections();

    /** How long the headers of a connection's first request may take. */
    @WithDefault("30s")
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 30s or 500ms")
    Duration headerTimeout();

    /** How long a connection may wait for its next request. */
    @WithDefault("2m")
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 2m or 500ms")
    Duration idleTimeout();

    /** How long a response may pause before its caller reads on. */
    @WithDefault("30s")
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 30s or 500ms")
    Duration answerPause();

    /** Converter of the maximum number of connections. */
    final class ConnectionCount implements Converter<Integer> {

        static final String RULE = "a whole number from 1 to 1000000";

        @Override
        public Integer convert(String text) {
            return WholeNumber.parse(text, 1, 1_000_000, RULE);
        }
    }
}
