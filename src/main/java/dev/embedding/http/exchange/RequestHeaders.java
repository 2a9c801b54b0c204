package dev.embedding.http.exchange;

import dev.embedding.http.edge.EmbeddingSpace;
import dev.embedding.http.edge.Fault;
import dev.embedding.http.edge.InvalidRequestException;
import dev.embedding.http.edge.RefusedException;
import dev.embedding.serving.EmbeddingRequest;
import dev.embedding.serving.PriorityChoice;
import dev.embedding.serving.VectorWish;
import dev.embedding.serving.input.EmbeddingInput;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The request headers that endpoints obey. */
public final class RequestHeaders {

    public static final String TIMEOUT = "X-Request-Timeout-Ms";
    public static final String PRIORITY = "X-Priority";
    public static final String CACHE_CONTROL = "Cache-Control";

    private static final long MAX_TIMEOUT_MILLIS = 600_000;

    private RequestHeaders() {}

    /**
     * What the headers say of a request for vectors, with what its body says.
     *
     * @throws InvalidRequestException when one of them says what is not understood
     */
    public static EmbeddingRequest request(RoutingContext exchange, List<EmbeddingInput> inputs, VectorWish wish) {
        return new EmbeddingRequest(
                inputs,
                wish,
                priority(exchange),
                EmbeddingSpace.required(exchange),
                timeout(exchange),
                bypassesCache(exchange));
    }

    /**
     * The body, when it may be read as JSON: it is empty, or its media type is JSON or not given.
     *
     * @throws RefusedException 415 for any other
     */
    public static byte[] requireJson(RoutingContext exchange, byte[] body) {
        String type = exchange.request().getHeader("Content-Type");
        if (body.length > 0 && type != null && !type.isBlank() && !isJson(type)) {
            throw new RefusedException(415, "The body must be JSON (Content-Type: application/json).");
        }
        return body;
    }

    private static boolean isJson(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.startsWith("application/") && type.endsWith("+json");
    }

    /** @throws InvalidRequestException when the header is no number from 1 to 600000 */
    private static Optional<Duration> timeout(RoutingContext exchange) {
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
            // The fault below says what is wanted.
        }
        throw invalid(TIMEOUT, "Must be a number of milliseconds from 1 to " + MAX_TIMEOUT_MILLIS);
    }

    /** @throws InvalidRequestException when the header names no class */
    private static PriorityChoice priority(RoutingContext exchange) {
        @Nullable String text = exchange.request().getHeader(PRIORITY);
        if (text == null) {
            return PriorityChoice.BY_SIZE;
        }
        return switch (text) {
            case "interactive" -> PriorityChoice.INTERACTIVE;
            case "batch" -> PriorityChoice.BATCH;
            default -> throw invalid(PRIORITY, "Must be interactive or batch");
        };
    }

    /** Whether {@code Cache-Control} says {@code no-store}; its other directives mean nothing here. */
    private static boolean bypassesCache(RoutingContext exchange) {
        return exchange.request().headers().getAll(CACHE_CONTROL).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .anyMatch(directive -> directive.strip().equalsIgnoreCase("no-store"));
    }

    private static InvalidRequestException invalid(String header, String message) {
        return new InvalidRequestException(
                new Fault("header." + header.toLowerCase(Locale.ROOT), message, "value_error"));
    }
}
