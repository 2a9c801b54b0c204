package dev.embedding.http.edge;

import dev.embedding.http.access.AccessControl;
import dev.embedding.reload.SettingsControl;
import dev.embedding.reload.ShutdownSequence;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.CallContext;
import dev.embedding.serving.PriorityChoice;
import dev.embedding.telemetry.EmbeddingMeters;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What every exchange passes before its endpoint: its id, CORS, its key, and the receiving of its body. */
@Singleton
class EdgeFilters {

    private static final int PRIORITY = 1_000;
    private static final Set<HttpMethod> WITH_BODY =
            Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private static final List<String> FRAMEWORK_PATHS = List.of("/q/", "/docs", "/openapi");

    /** Largest body where none is configured; less in a small heap. */
    private static final long USUAL_BODY_BYTES = 32L << 20;

    private static final Failure ENDING = Failure.retryLater(
            503, "The service is ending and takes no more texts; send them again.", Duration.ofSeconds(1));
    private static final Failure NO_KEY =
            Failure.of(401, "A key is needed: send Authorization: Bearer <key>, or X-API-Key: <key>.");
    private static final Failure UNKNOWN_KEY = Failure.of(401, "The key is not known here.");
    private static final Failure NO_ADMIN_KEY = Failure.of(403, "Changes of settings need an admin key.");

    private final Vertx vertx;
    private final ActiveModel active;
    private final SettingsControl settings;
    private final ShutdownSequence shutdown;
    private final AccessControl access;
    private final EdgeConfig config;
    private final long maxBodyBytes;
    private final InflightBytes inflight;
    private final ConnectionWatch connections;
    private final Dialects dialects;
    private final RefusalPace pace;
    private final EmbeddingMeters meters;
    private final Set<BodyReceiver> receivers = ConcurrentHashMap.newKeySet();

    EdgeFilters(
            Vertx vertx,
            ActiveModel active,
            SettingsControl settings,
            ShutdownSequence shutdown,
            AccessControl access,
            EdgeConfig config,
            InflightBytes inflight,
            ConnectionWatch connections,
            Dialects dialects,
            RefusalPace pace,
            EmbeddingMeters meters) {
        this.vertx = vertx;
        this.active = active;
        this.settings = settings;
        this.shutdown = shutdown;
        this.access = access;
        this.config = config;
        this.maxBodyBytes = config.maxBodySize()
                .map(MemorySize::asLongValue)
                .orElseGet(() -> Math.min(USUAL_BODY_BYTES, Runtime.getRuntime().maxMemory() / 4));
        this.inflight = inflight;
        this.connections = connections;
        this.dialects = dialects;
        this.pace = pace;
        this.meters = meters;
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, PRIORITY);
        shutdown.onLastCall(() -> receivers.forEach(BodyReceiver::lastCall));
    }

    private void handle(RoutingContext exchange) {
        RequestId.assign(exchange);
        dialects.assign(exchange);
        PageHeaders.add(exchange);
        connections.exchangeBegun(exchange);
        shutdown.exchangeBegun();
        exchange.addEndHandler(ended -> shutdown.exchangeEnded());
        if (shutdown.isEnding()) {
            // Callers that keep their connection would come back here, whatever their balancer knows.
            exchange.response().headers().set("Connection", "close");
        }
        exchange.addHeadersEndHandler(ended -> nameSpace(exchange));
        if (Cors.handle(exchange, settings.current().corsOrigins())) {
            return;
        }
        if (shutdown.isDraining() && Dialects.of(exchange).embeds(exchange.normalizedPath())) {
            EarlyRefusal.send(vertx, exchange, ENDING);
            return;
        }
        Optional<AccessControl.Refusal> refusal = access.refusal(exchange);
        if (refusal.isPresent()) {
            refuse(exchange, refusal.get());
        } else if (hasBodyOfOurs(exchange)) {
            BodyReceiver receiver =
                    new BodyReceiver(vertx, exchange, config, maxBodyBytes, inflight, embedCall(exchange));
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
        PriorityChoice priority = RequestPriority.find(exchange).orElse(PriorityChoice.BY_SIZE);
        CallContext call = Calls.begin(exchange);
        call.onEnd(cause -> {
            if (cause == CallContext.End.CANCELLED) {
                meters.cancelled();
            }
        });
        return Optional.of(new BodyReceiver.EmbedCall(
                call, () -> active.model().flatMap(model -> model.saturation(priority)), pace, meters::failed));
    }

    private void refuse(RoutingContext exchange, AccessControl.Refusal refusal) {
        if (refusal != AccessControl.Refusal.NO_ADMIN_KEY) {
            exchange.response().putHeader("WWW-Authenticate", "Bearer");
        }
        EarlyRefusal.send(
                vertx,
                exchange,
                switch (refusal) {
                    case NO_KEY -> NO_KEY;
                    case UNKNOWN_KEY -> UNKNOWN_KEY;
                    case NO_ADMIN_KEY -> NO_ADMIN_KEY;
                });
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
