package dev.embedding.http.operations;

import dev.embedding.http.edge.ErrorResponse;
import dev.embedding.http.edge.failure.Failure;
import dev.embedding.reload.SettingChangeException;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps the reasons why settings were not changed to status and error body. */
class SettingChangeFailures {

    @ServerExceptionMapper
    Response notChanged(SettingChangeException failure, RoutingContext exchange) {
        int status =
                switch (failure.reason()) {
                    case STORE_OFF, READ_ONLY -> 400;
                    case NOT_STORED -> 404;
                    case SPACE_MISMATCH, NOT_STORABLE, MODEL_NOT_ALLOWED -> 422;
                    case MODEL_NOT_LOADED -> 500;
                    case STORE_UNAVAILABLE, STOPPING -> 503;
                };
        Failure translated = status == 422
                ? Failure.invalid(changedField(exchange, failure), failure.detail())
                : Failure.of(status, failure.detail());
        return ErrorResponse.of(translated, exchange).toResponse().build();
    }

    /** Field of the request that the fault is reported for. */
    private static String changedField(RoutingContext exchange, SettingChangeException failure) {
        if (exchange.request().method().equals(HttpMethod.DELETE)) {
            return "path.key";
        }
        return exchange.normalizedPath().startsWith("/settings/bulk")
                ? "body.settings" + failure.key().map(key -> "." + key).orElse("")
                : "body.value";
    }
}
