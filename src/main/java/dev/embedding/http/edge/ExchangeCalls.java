package dev.embedding.http.edge;

import dev.embedding.http.edge.dialect.Dialects;
import dev.embedding.http.edge.header.EmbeddingHeaders;
import dev.embedding.serving.CallContext;
import dev.embedding.serving.RequestFailure;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;

/** Call contexts of embedding exchanges: each begins with the headers, and ends with its exchange at the latest. */
public final class ExchangeCalls {

    private static final String KEY = "dev.embedding.call";

    private ExchangeCalls() {}

    /** Begins the call when the headers have been read. */
    static CallContext begin(RoutingContext exchange) {
        CallContext call = CallContext.begin(Dialects.of(exchange).dialect(), timeout(exchange));
        exchange.put(KEY, call);
        exchange.addEndHandler(ended -> call.end(ended.succeeded() ? CallContext.End.DONE : CallContext.End.CANCELLED));
        return call;
    }

    /** An invalid header is left to the endpoint, which reports all faults. */
    private static Optional<Duration> timeout(RoutingContext exchange) {
        try {
            return EmbeddingHeaders.timeout(exchange);
        } catch (RequestFailure invalid) {
            return Optional.empty();
        }
    }

    public static CallContext of(RoutingContext exchange) {
        return begun(exchange).orElseGet(() -> begin(exchange));
    }

    /** The call of an embedding exchange; empty for another exchange. */
    static Optional<CallContext> begun(RoutingContext exchange) {
        return Optional.ofNullable(exchange.get(KEY));
    }
}
