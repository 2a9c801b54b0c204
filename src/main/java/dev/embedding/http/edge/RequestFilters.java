package dev.embedding.http.edge;

import dev.embedding.http.access.AccessControl;
import dev.embedding.http.access.AccessRules;
import dev.embedding.http.edge.failure.Dialects;
import dev.embedding.http.edge.failure.Failure;
import dev.embedding.http.edge.header.AcceptHeader;
import dev.embedding.http.edge.header.JsonMediaType;
import dev.embedding.http.edge.header.PriorityHeader;
import dev.embedding.http.edge.header.RequestId;
import dev.embedding.http.edge.header.VectorSpaceHeader;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.CallContext;
import dev.embedding.serving.InferenceService;
import dev.embedding.serving.PriorityChoice;
import dev.embedding.serving.ServingMetrics;
import dev.embedding.serving.model.ModelHost;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Filters of every exchange before its endpoint: request id, CORS, key check, and receiving of the body. */
@Singleton
class RequestFilters {

    private static final int PRIORITY = 1_000;
    private static final Set<HttpMethod> WITH_BODY =
            Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private static final List<String> FRAMEWORK_PATHS = List.of("/q/", "/docs", "/openapi");

    /** Maximum body size where none is configured; less in a small heap. */
    private static final long DEFAULT_MAX_BODY_BYTES = 32L << 20;

    private static final Failure ENDING = Failure.retryLater(
            503, "The service is shutting down and accepts no more texts; send them again.", Duration.ofSeconds(1));
    private static final Failure NO_KEY =
            Failure.of(401, "A key is needed: send Authorization: Bearer <key>, or X-API-Key: <key>.");
    private static final Failure UNKNOWN_KEY = Failure.of(401, "The key is unknown.");
    private static final Failure NO_ADMIN_KEY = Failure.of(403, "Changes of settings need an admin key.");
    private static final Failure FOREIGN_ORIGIN = Failure.of(
            403,
            "Pages of other origins may not change settings here: name the origin in CORS_ORIGINS, or this service's"
                    + " host in EMBEDDING_ALLOWED_HOSTS.");
    private static final Failure NOT_JSON =
            Failure.of(415, "Changes of settings must be JSON (Content-Type: application/json).");

    private final Vertx vertx;
    private final ActiveModel active;
    private final CorsOrigins corsOrigins;
    private final OpenExchanges exchanges;
    private final InferenceService inference;
    private final AccessControl access;
    private final BodyReceiver.Limits limits;
    private final ConnectionTimeouts connections;
    private final Dialects dialects;
    private final RejectionPacing pacing;
    private final ServingMetrics metrics;
    private final Set<BodyReceiver> receivers = ConcurrentHashMap.newKeySet();

    RequestFilters(
            Vertx vertx,
            ActiveModel active,
            CorsOrigins corsOrigins,
            OpenExchanges exchanges,
            InferenceService inference,
            AccessControl access,
            EdgeConfig config,
            InflightBytes inflight,
            ConnectionTimeouts connections,
            Dialects dialects,
            RejectionPacing pacing,
            ServingMetrics metrics,
            ModelHost host) {
        this.vertx = vertx;
        this.active = active;
        this.corsOrigins = corsOrigins;
        this.exchanges = exchanges;
        this.inference = inference;
        this.access = access;
        long maxBodyBytes = config.maxBodySize()
                .map(MemorySize::asLongValue)
                .orElseGet(() ->
                        Math.min(DEFAULT_MAX_BODY_BYTES, Runtime.getRuntime().maxMemory() / 4));
        this.limits = new BodyReceiver.Limits(
                config.bodyPause(), config.bodyTimeout(), maxBodyBytes, inflight, host.workers());
        this.connections = connections;
        this.dialects = dialects;
        this.pacing = pacing;
        this.metrics = metrics;
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, PRIORITY);
        exchanges.onClosing(() -> receivers.forEach(BodyReceiver::rejectIncomplete));
    }

    private void handle(RoutingContext exchange) {
        if (EarlyErrorResponse.isClosing(exchange)) {
            return;
        }
        RequestId.assign(exchange);
        dialects.assign(exchange);
        SecurityHeaders.add(exchange);
        connections.exchangeBegun(exchange);
        exchanges.begun();
        exchange.addEndHandler(ended -> exchanges.ended());
        if (exchanges.areShuttingDown()) {
            // Callers with a persistent connection would come back here, whatever their load balancer decides.
            exchange.response().headers().set("Connection", "close");
        }
        exchange.addHeadersEndHandler(ended -> addVectorSpace(exchange));
        Optional<Failure> framingFault = RequestFraming.fault(exchange.request());
        if (framingFault.isPresent()) {
            EarlyErrorResponse.sendLast(vertx, exchange, framingFault.get());
            return;
        }
        if (Cors.handle(exchange, corsOrigins.current())) {
            return;
        }
        if (exchanges.areDraining() && Dialects.of(exchange).embeds(exchange.normalizedPath())) {
            EarlyErrorResponse.send(vertx, exchange, ENDING);
            return;
        }
        Optional<AccessControl.Refusal> refusal = access.refusal(exchange, corsOrigins.current());
        if (refusal.isPresent()) {
            refuse(exchange, refusal.get());
            return;
        }
        if (isChangeInOtherThanJson(exchange)) {
            EarlyErrorResponse.send(vertx, exchange, NOT_JSON);
            return;
        }
        receiveBody(exchange);
    }

    private void receiveBody(RoutingContext exchange) {
        if (isFrameworkPath(exchange)) {
            AcceptHeader.widen(exchange);
            exchange.next();
            return;
        }
        AcceptHeader.hide(exchange);
        if (WITH_BODY.contains(exchange.request().method()) || RequestFraming.announcesBody(exchange.request())) {
            BodyReceiver receiver = new BodyReceiver(vertx, exchange, limits, embedCall(exchange));
            receivers.add(receiver);
            exchange.addEndHandler(ended -> receivers.remove(receiver));
            receiver.receive();
        } else {
            exchange.next();
        }
    }

    private Optional<BodyReceiver.EmbedCall> embedCall(RoutingContext exchange) {
        boolean embeds = exchange.request().method().equals(HttpMethod.POST)
                && Dialects.of(exchange).embeds(exchange.normalizedPath());
        if (!embeds) {
            return Optional.empty();
        }
        PriorityChoice priority = PriorityHeader.find(exchange).orElse(PriorityChoice.BY_SIZE);
        CallContext call = ExchangeCalls.begin(exchange);
        call.onEnd(cause -> {
            if (cause == CallContext.End.CANCELLED) {
                metrics.cancelled();
            }
        });
        return Optional.of(
                new BodyReceiver.EmbedCall(call, () -> inference.saturation(priority), pacing, metrics::failed));
    }

    private void refuse(RoutingContext exchange, AccessControl.Refusal refusal) {
        Failure failure =
                switch (refusal) {
                    case NO_KEY -> NO_KEY;
                    case UNKNOWN_KEY -> UNKNOWN_KEY;
                    case NO_ADMIN_KEY -> NO_ADMIN_KEY;
                    case FOREIGN_ORIGIN -> FOREIGN_ORIGIN;
                };
        if (failure.status() == HttpResponseStatus.UNAUTHORIZED.code()) {
            exchange.response().putHeader("WWW-Authenticate", "Bearer");
        }
        EarlyErrorResponse.send(vertx, exchange, failure);
    }

    /** A response that does not name the space of its vectors gets the one that is served when it is sent. */
    private void addVectorSpace(RoutingContext exchange) {
        if (!exchange.response().headers().contains(VectorSpaceHeader.HEADER)) {
            active.fingerprint().ifPresent(fingerprint -> VectorSpaceHeader.set(exchange, fingerprint));
        }
    }

    /** Browsers send other media types, and none, without a preflight. */
    private static boolean isChangeInOtherThanJson(RoutingContext exchange) {
        HttpServerRequest request = exchange.request();
        if (!request.method().equals(HttpMethod.POST)
                || !AccessRules.changesSettings(request.method().name(), exchange.normalizedPath())
                || !RequestFraming.announcesBody(request)) {
            return false;
        }
        List<String> types = request.headers().getAll("Content-Type");
        return types.isEmpty() || !types.stream().allMatch(JsonMediaType::matches);
    }

    /** The framework's own endpoints receive bodies themselves, and choose between media types. */
    private static boolean isFrameworkPath(RoutingContext exchange) {
        return FRAMEWORK_PATHS.stream().anyMatch(exchange.normalizedPath()::startsWith);
    }
}
