package dev.embedding.http.edge;

import dev.embedding.http.access.Access;
import dev.embedding.http.access.AccessControl;
import dev.embedding.http.edge.dialect.Dialects;
import dev.embedding.http.edge.dialect.Endpoint;
import dev.embedding.http.edge.header.AcceptHeader;
import dev.embedding.http.edge.header.EmbeddingHeaders;
import dev.embedding.http.edge.header.JsonMediaType;
import dev.embedding.http.edge.header.RequestId;
import dev.embedding.serving.CallContext;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.InferenceService;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.PriorityChoice;
import dev.embedding.serving.RequestFailure;
import dev.embedding.serving.ServingMetrics;
import dev.embedding.serving.model.ModelHost;
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

    /** Maximum body size where none is configured; less in a small heap. */
    private static final long DEFAULT_MAX_BODY_BYTES = 32L << 20;

    private final Vertx vertx;
    private final ModelRegistry models;
    private final CorsOrigins corsOrigins;
    private final OpenExchanges exchanges;
    private final InferenceService inference;
    private final AccessControl access;
    private final BodyReceiver.Limits limits;
    private final ConnectionTimeouts connections;
    private final Dialects dialects;
    private final ServingMetrics metrics;
    private final Set<BodyReceiver> receivers = ConcurrentHashMap.newKeySet();

    RequestFilters(
            Vertx vertx,
            ModelRegistry models,
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
        this.models = models;
        this.corsOrigins = corsOrigins;
        this.exchanges = exchanges;
        this.inference = inference;
        this.access = access;
        long maxBodyBytes = config.maxBodySize()
                .map(MemorySize::asLongValue)
                .orElseGet(() ->
                        Math.min(DEFAULT_MAX_BODY_BYTES, Runtime.getRuntime().maxMemory() / 4));
        this.limits = new BodyReceiver.Limits(
                config.bodyPause(), config.bodyTimeout(), maxBodyBytes, inflight, host.workers(), pacing);
        this.connections = connections;
        this.dialects = dialects;
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
        Endpoint endpoint = Dialects.of(exchange);
        begin(exchange, endpoint);
        Optional<RequestFailure> framingFault = RequestFraming.fault(exchange.request());
        if (framingFault.isPresent()) {
            EarlyErrorResponse.sendLast(vertx, exchange, framingFault.get());
        } else if (!Cors.handle(exchange, corsOrigins.current())) {
            admit(exchange, endpoint);
        }
    }

    /** Adds what every response has, and notes that the exchange is open. */
    private void begin(RoutingContext exchange, Endpoint endpoint) {
        if (embeds(exchange, endpoint)) {
            beginCall(exchange);
        }
        SecurityHeaders.add(exchange);
        connections.exchangeBegun(exchange);
        exchanges.begun();
        exchange.addEndHandler(ended -> exchanges.ended());
        if (exchanges.areShuttingDown()) {
            // Callers with a persistent connection would come back here, whatever their load balancer decides.
            exchange.response().headers().set("Connection", "close");
        }
        exchange.addHeadersEndHandler(ended -> addVectorSpace(exchange));
    }

    private static boolean embeds(RoutingContext exchange, Endpoint endpoint) {
        return endpoint.embeds(exchange.request().method().name());
    }

    /** Lets the request pass to its endpoint, once its body is received, or responds in place of it. */
    private void admit(RoutingContext exchange, Endpoint endpoint) {
        if (exchanges.areDraining() && embeds(exchange, endpoint)) {
            EarlyErrorResponse.send(vertx, exchange, draining());
            return;
        }
        HttpMethod method = exchange.request().method();
        if (method.equals(HttpMethod.OPTIONS)
                && endpoint.hasRoutes()
                && !RequestFraming.announcesBody(exchange.request())) {
            exchange.response().putHeader("Allow", endpoint.methods()).end();
            return;
        }
        Access needed = endpoint.access(method.name());
        Optional<RequestFailure> refusal = access.refusal(exchange, needed, corsOrigins.current());
        if (refusal.isPresent()) {
            refuse(exchange, refusal.get());
        } else if (needed == Access.ADMIN && isPostOfOtherThanJson(exchange.request())) {
            EarlyErrorResponse.send(vertx, exchange, notJson());
        } else {
            receiveBody(exchange, endpoint);
        }
    }

    /** Begins the call of an embedding request, whose end is recorded whatever becomes of the exchange. */
    private void beginCall(RoutingContext exchange) {
        CallContext call = ExchangeCalls.begin(exchange);
        exchange.addHeadersEndHandler(sent -> metrics.ended(call, ErrorResponse.kindOf(exchange)));
        exchange.addEndHandler(ended -> {
            if (ended.failed()) {
                metrics.ended(call, Optional.of(FailureKind.CANCELLED));
            }
        });
    }

    private void receiveBody(RoutingContext exchange, Endpoint endpoint) {
        if (endpoint.isOfFramework()) {
            AcceptHeader.widen(exchange);
            exchange.next();
            return;
        }
        AcceptHeader.hide(exchange);
        if (WITH_BODY.contains(exchange.request().method()) || RequestFraming.announcesBody(exchange.request())) {
            BodyReceiver receiver = receiver(exchange, endpoint);
            receivers.add(receiver);
            exchange.addEndHandler(ended -> receivers.remove(receiver));
            receiver.receive();
        } else {
            exchange.next();
        }
    }

    private BodyReceiver receiver(RoutingContext exchange, Endpoint endpoint) {
        if (!embeds(exchange, endpoint)) {
            return new BodyReceiver(vertx, exchange, limits, Optional.empty(), Optional::empty);
        }
        PriorityChoice priority = EmbeddingHeaders.validPriority(exchange).orElse(PriorityChoice.BY_SIZE);
        return new BodyReceiver(
                vertx, exchange, limits, Optional.of(ExchangeCalls.of(exchange)), () -> inference.saturation(priority));
    }

    private void refuse(RoutingContext exchange, RequestFailure refusal) {
        if (refusal.kind() == FailureKind.UNAUTHENTICATED) {
            exchange.response().putHeader("WWW-Authenticate", "Bearer");
        }
        EarlyErrorResponse.send(vertx, exchange, refusal);
    }

    /**
     * A response that does not name the space of its vectors gets that of the model that its request names, else the
     * one that the default model serves when it is sent.
     */
    private void addVectorSpace(RoutingContext exchange) {
        if (!exchange.response().headers().contains(EmbeddingHeaders.SPACE)) {
            ExchangeCalls.begun(exchange)
                    .flatMap(CallContext::space)
                    .or(() -> models.defaultSlot().fingerprint())
                    .ifPresent(fingerprint -> EmbeddingHeaders.setSpace(exchange, fingerprint));
        }
    }

    /** Browsers send other media types, and none, without a preflight. */
    private static boolean isPostOfOtherThanJson(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.POST) || !RequestFraming.announcesBody(request)) {
            return false;
        }
        List<String> types = request.headers().getAll("Content-Type");
        return types.isEmpty() || !types.stream().allMatch(JsonMediaType::matches);
    }

    private static RequestFailure draining() {
        return RequestFailure.retryLater(
                FailureKind.SHUTTING_DOWN,
                "The service is shutting down and accepts no more texts; send them again.",
                Duration.ofSeconds(1));
    }

    private static RequestFailure notJson() {
        return RequestFailure.of(
                FailureKind.UNSUPPORTED_MEDIA_TYPE,
                "Changes of settings must be JSON (Content-Type: application/json).");
    }
}
