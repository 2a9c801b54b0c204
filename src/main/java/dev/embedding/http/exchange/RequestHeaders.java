package dev.embedding.http.exchange;

import dev.embedding.http.access.AccessControl;
import dev.embedding.http.edge.failure.InvalidRequestException;
import dev.embedding.http.edge.header.HeaderList;
import dev.embedding.http.edge.header.PriorityHeader;
import dev.embedding.http.edge.header.TimeoutHeader;
import dev.embedding.http.edge.header.VectorSpaceHeader;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.EmbeddingRequest;
import dev.embedding.serving.cache.CacheUse;
import dev.embedding.serving.model.EmbeddingInput;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** The request headers that endpoints obey. */
public final class RequestHeaders {

    public static final String CACHE_CONTROL = "Cache-Control";

    private RequestHeaders() {}

    /**
     * What the headers say of a request for vectors, with what its body says.
     *
     * @throws InvalidRequestException when one of them says what is not understood
     */
    public static EmbeddingRequest request(
            RoutingContext exchange, List<EmbeddingInput> inputs, EmbeddingOptions options) {
        EmbeddingRequest request = new EmbeddingRequest(
                inputs, options, PriorityHeader.of(exchange), VectorSpaceHeader.required(exchange), cacheUse(exchange));
        TimeoutHeader.of(exchange); // is in force already, where it is understood
        return request;
    }

    /** {@code no-store} bypasses the cache; other directives of {@code Cache-Control} mean nothing here. */
    private static CacheUse cacheUse(RoutingContext exchange) {
        boolean bypassed =
                HeaderList.items(exchange.request(), CACHE_CONTROL).stream().anyMatch("no-store"::equalsIgnoreCase);
        return new CacheUse(bypassed, AccessControl.cacheScope(exchange));
    }
}
