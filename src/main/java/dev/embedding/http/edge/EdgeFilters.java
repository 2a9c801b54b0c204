package dev.embedding.http.edge;

import dev.embedding.reload.SettingsControl;
import dev.embedding.serving.ActiveModel;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/** What every exchange passes before its endpoint: its id, CORS, and the receiving of its body. */
@Singleton
class EdgeFilters {

    private static final int PRIORITY = 1_000;
    private static final Set<HttpMethod> WITH_BODY =
            Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private static final List<String> FRAMEWORK_PATHS = List.of("/q/", "/docs", "/openapi");

    private final Vertx vertx;
    private final ActiveModel active;
    private final SettingsControl settings;
    private final long maxBodyBytes;
    private final long maxPauseMillis;

    EdgeFilters(Vertx vertx, ActiveModel active, SettingsControl settings, EdgeConfig config) {
        this.vertx = vertx;
        this.active = active;
        this.settings = settings;
        this.maxBodyBytes = config.maxBodySize().asLongValue();
        this.maxPauseMillis = config.bodyPause().toMillis();
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, PRIORITY);
    }

    private void handle(RoutingContext exchange) {
        RequestId.assign(exchange);
        exchange.addHeadersEndHandler(ended -> nameSpace(exchange));
        if (Cors.handle(exchange, settings.current().corsOrigins())) {
            return;
        }
        if (hasBodyOfOurs(exchange)) {
            new BodyReceiver(vertx, exchange, maxBodyBytes, maxPauseMillis).receive();
        } else {
            exchange.next();
        }
    }

    /** Where the answer does not name the space of its vectors, it names the one that is served when it is given. */
    private void nameSpace(RoutingContext exchange) {
        if (!exchange.response().headers().contains(EmbeddingSpace.HEADER)) {
            active.fingerprint().ifPresent(fingerprint -> EmbeddingSpace.answer(exchange, fingerprint));
        }
    }

    /** The framework's own endpoints receive bodies themselves. */
    private static boolean hasBodyOfOurs(RoutingContext exchange) {
        String path = exchange.normalizedPath();
        return WITH_BODY.contains(exchange.request().method())
                && FRAMEWORK_PATHS.stream().noneMatch(path::startsWith);
    }
}
