package dev.embedding.http.edge.header;

import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Header with the time that a caller waits, in milliseconds from the moment its headers are read. */
public final class TimeoutHeader {

    public static final String HEADER = "X-Request-Timeout-Ms";

    private static final long MAX_MILLIS = 600_000;

    private TimeoutHeader() {}

    /** @throws RequestFailure when the header is no number from 1 to 600000 */
    public static Optional<Duration> of(RoutingContext exchange) {
        @Nullable String text = exchange.request().getHeader(HEADER);
        if (text == null) {
            return Optional.empty();
        }
        try {
            long millis = Long.parseLong(text.strip());
            if (millis >= 1 && millis <= MAX_MILLIS) {
                return Optional.of(Duration.ofMillis(millis));
            }
        } catch (NumberFormatException notANumber) {
            // Reported by the exception below.
        }
        throw RequestFailure.invalid(new FieldError(
                "header." + HEADER.toLowerCase(Locale.ROOT),
                "Must be a number of milliseconds from 1 to " + MAX_MILLIS,
                "value_error"));
    }
}
