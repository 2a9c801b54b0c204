package dev.embedding.http.edge.header;

import dev.embedding.serving.FieldError;
import dev.embedding.serving.PriorityChoice;
import dev.embedding.serving.RequestFailure;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Header with the priority class of a request. */
public final class PriorityHeader {

    public static final String HEADER = "X-Priority";

    private PriorityHeader() {}

    /** @throws RequestFailure when the header names no class */
    public static PriorityChoice of(RoutingContext exchange) {
        if (exchange.request().getHeader(HEADER) == null) {
            return PriorityChoice.BY_SIZE;
        }
        return find(exchange)
                .orElseThrow(() -> RequestFailure.invalid(new FieldError(
                        "header." + HEADER.toLowerCase(Locale.ROOT), "Must be interactive or batch", "value_error")));
    }

    /** Empty without the header, and when it names no class. */
    public static Optional<PriorityChoice> find(RoutingContext exchange) {
        @Nullable String name = exchange.request().getHeader(HEADER);
        if (name == null) {
            return Optional.empty();
        }
        return switch (name) {
            case "interactive" -> Optional.of(PriorityChoice.INTERACTIVE);
            case "batch" -> Optional.of(PriorityChoice.BATCH);
            default -> Optional.empty();
        };
    }
}
