package dev.embedding.http.exchange;

import dev.embedding.http.access.AccessControl;
import dev.embedding.http.edge.header.HeaderList;
import dev.embedding.http.edge.header.PriorityHeader;
import dev.embedding.http.edge.header.TimeoutHeader;
import dev.embedding.http.edge.header.VectorSpaceHeader;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.EmbeddingRequest;
import dev.embedding.serving.RequestFailure;
import dev.embedding.serving.cache.CacheUse;
import dev.embedding.serving.model.Input;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Request headers of the embedding endpoints. */
public final class RequestHeaders {

    public static final String CACHE_CONTROL = "Cache-Control";

    private RequestHeaders() {}

    /**
     * Embedding request with the options of the headers and of the body.
     *
     * @throws RequestFailure when a header is invalid
     */
    public static EmbeddingRequest request(RoutingContext exchange, List<Input> inputs, EmbeddingOptions options) {
        EmbeddingRequest request = new EmbeddingRequest(
                inputs, options, PriorityHeader.of(exchange), VectorSpaceHeader.required(exchange), cacheUse(exchange));
        TimeoutHeader.of(exchange); // validated only; a valid one is in force already
        return request;
    }

    /** {@code no-store} bypasses the cache; other directives of {@code Cache-Control} are ignored. */
    private static CacheUse cacheUse(RoutingContext exchange) {
        boolean bypassed =
                HeaderList.items(exchange.request(), CACHE_CONTROL).stream().anyMatch("no-store"::equalsIgnoreCase);
        return new CacheUse(bypassed, AccessControl.cacheScope(exchange));
    }
}
