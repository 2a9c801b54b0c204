package dev.embedding.http.operations;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.http.edge.header.AcceptHeader;
import dev.embedding.reload.ReloadCounters;
import dev.embedding.telemetry.RequestCounters;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Counters as JSON for people and old callers, or in Prometheus' format, by the caller's {@code Accept} header. */
@Path(OperationsRoutes.METRICS)
@SuppressWarnings("deprecation") // Quarkus still provides the registry of Prometheus' old client.
@Tag(name = "Operation")
public class MetricsResource {

    private static final String OPEN_METRICS = "application/openmetrics-text";

    private final RequestCounters counters;
    private final PrometheusMeterRegistry prometheus;
    private final ServiceIdentity identity;
    private final ReloadCounters reloads;

    MetricsResource(
            RequestCounters counters,
            PrometheusMeterRegistry prometheus,
            ServiceIdentity identity,
            ReloadCounters reloads) {
        this.counters = counters;
        this.prometheus = prometheus;
        this.identity = identity;
        this.reloads = reloads;
    }

    /** {@code GET /metrics}. */
    @GET
    @Operation(operationId = "metrics", summary = "Counters as JSON, or a Prometheus exposition")
    @APIResponse(
            responseCode = "200",
            description = "Prometheus' format when Accept names it and not JSON",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Metrics.class)),
                @Content(mediaType = MediaType.TEXT_PLAIN, schema = @Schema(implementation = String.class))
            })
    public Uni<Response> metrics(@Parameter(hidden = true) @Context RoutingContext exchange) {
        return Uni.createFrom().item(() -> response(AcceptHeader.of(exchange).toLowerCase(Locale.ROOT)));
    }

    private Response response(String accept) {
        boolean json = accept.contains(MediaType.APPLICATION_JSON);
        if (!json && accept.contains(OPEN_METRICS)) {
            return exposition(OPEN_METRICS + "; version=1.0.0; charset=utf-8");
        }
        if (!json && accept.contains(MediaType.TEXT_PLAIN)) {
            return exposition("text/plain; version=0.0.4; charset=utf-8");
        }
        return Response.ok(snapshot(), MediaType.APPLICATION_JSON).build();
    }

    private Response exposition(String contentType) {
        return Response.ok(prometheus.scrape(contentType))
                .header("Content-Type", contentType)
                .build();
    }

    private Metrics snapshot() {
        RequestCounters.Snapshot counted = counters.snapshot();
        return new Metrics(
                counted.requests(),
                counted.failed(),
                rounded(counted.successRate()),
                counted.embeddings(),
                rounded(counted.averageLatencyMillis()),
                reloads.attempts(),
                reloads.failures(),
                identity.uptimeSeconds());
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    /** Counters as JSON. */
    public record Metrics(
            @Schema(required = true, description = "Embedding requests that passed validation")
            @JsonProperty("requests_total")
            long requestsTotal,

            @Schema(required = true, description = "Of these, those with the status 429, 500, 503 or 504")
            @JsonProperty("requests_failed")
            long requestsFailed,

            @Schema(required = true, description = "Per cent; 100 before the first request")
            @JsonProperty("success_rate")
            double successRate,

            @Schema(required = true) @JsonProperty("embeddings_generated")
            long embeddingsGenerated,

            @Schema(required = true) @JsonProperty("avg_latency_ms")
            double avgLatencyMs,

            @Schema(required = true) @JsonProperty("model_reloads")
            long modelReloads,

            @Schema(required = true) @JsonProperty("model_reload_failures")
            long modelReloadFailures,

            @Schema(required = true) @JsonProperty("uptime_seconds")
            double uptimeSeconds) {}
}
