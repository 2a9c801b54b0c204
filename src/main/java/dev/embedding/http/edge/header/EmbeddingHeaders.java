package dev.embedding.http.edge.header;

import dev.embedding.serving.FieldError;
import dev.embedding.serving.PriorityChoice;
import dev.embedding.serving.RequestFailure;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Headers of embedding requests, whatever their dialect. */
public final class EmbeddingHeaders {

    /** Priority class of a request. */
    public static final String PRIORITY = "X-Priority";

    /** Time that a caller waits, in milliseconds from the moment its headers are read. */
    public static final String TIMEOUT = "X-Request-Timeout-Ms";

    /**
     * Vector space by its fingerprint: in a request the required one, in a response the one that is served, and with
     * vectors the one that they belong to.
     */
    public static final String SPACE = "X-Embedding-Space";

    public static final String CACHE_CONTROL = "Cache-Control";

    private static final long MAX_TIMEOUT_MILLIS = 600_000;

    private EmbeddingHeaders() {}

    /** @throws RequestFailure when the header names no class */
    public static PriorityChoice priority(RoutingContext exchange) {
        if (exchange.request().getHeader(PRIORITY) == null) {
            return PriorityChoice.BY_SIZE;
        }
        return validPriority(exchange).orElseThrow(() -> fault(PRIORITY, "Must be interactive or batch"));
    }

    /** Empty without the header, and when it names no class. */
    public static Optional<PriorityChoice> validPriority(RoutingContext exchange) {
        @Nullable String name = exchange.request().getHeader(PRIORITY);
        if (name == null) {
            return Optional.empty();
        }
        return switch (name) {
            case "interactive" -> Optional.of(PriorityChoice.INTERACTIVE);
            case "batch" -> Optional.of(PriorityChoice.BATCH);
            default -> Optional.empty();
        };
    }

    /** @throws RequestFailure when the header is no number from 1 to 600000 */
    public static Optional<Duration> timeout(RoutingContext exchange) {
        @Nullable String text = exchange.request().getHeader(TIMEOUT);
        if (text == null) {
            return Optional.empty();
        }
        try {
            long millis = Long.parseLong(text.strip());
            if (millis >= 1 && millis <= MAX_TIMEOUT_MILLIS) {
                return Optional.of(Duration.ofMillis(millis));
            }
        } catch (NumberFormatException notANumber) {
            // Reported by the failure below.
        }
        throw fault(TIMEOUT, "Must be a number of milliseconds from 1 to " + MAX_TIMEOUT_MILLIS);
    }

    private static RequestFailure fault(String header, String message) {
        return RequestFailure.invalid(
                new FieldError("header." + header.toLowerCase(Locale.ROOT), message, "value_error"));
    }

    /** Fingerprint of the space that the caller requires. */
    public static Optional<String> requiredSpace(RoutingContext exchange) {
        return Optional.ofNullable(exchange.request().getHeader(SPACE)).map(String::strip);
    }

    /** Names the space in the response. */
    public static void setSpace(RoutingContext exchange, String fingerprint) {
        exchange.response().putHeader(SPACE, fingerprint);
    }

    /** Whether {@code Cache-Control} says {@code no-store}; its other directives are ignored. */
    public static boolean bypassCache(RoutingContext exchange) {
        return HeaderList.items(exchange.request(), CACHE_CONTROL).stream().anyMatch("no-store"::equalsIgnoreCase);
    }
}
