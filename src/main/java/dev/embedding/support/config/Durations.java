package dev.embedding.support.config;

import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import org.eclipse.microprofile.config.spi.Converter;

/** Converters of durations, as {@code 10s}, {@code 500ms} or {@code 5m}; none accepts a blank. */
public final class Durations {

    /** The longest that is a number of milliseconds. */
    private static final Duration LONGEST = Duration.ofMillis(Long.MAX_VALUE);

    private static final DurationConverter ANY = new DurationConverter();

    private Durations() {}

    /** Accepts a millisecond or more. */
    public static final class Positive implements Converter<Duration> {
        @Override
        public Duration convert(String text) {
            return atLeast(Duration.ofMillis(1), text);
        }
    }

    /** Accepts 0 too. */
    public static final class OrZero implements Converter<Duration> {
        @Override
        public Duration convert(String text) {
            return atLeast(Duration.ZERO, text);
        }
    }

    /** Accepts a second or more. */
    public static final class OfASecondOrMore implements Converter<Duration> {
        @Override
        public Duration convert(String text) {
            return atLeast(Duration.ofSeconds(1), text);
        }
    }

    private static Duration atLeast(Duration least, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must be a duration, not a blank");
        }
        Duration duration = ANY.convert(text.strip());
        if (duration.compareTo(least) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "must be from " + least.toMillis() + " to " + LONGEST.toMillis() + " ms");
        }
        return duration;
    }
}
