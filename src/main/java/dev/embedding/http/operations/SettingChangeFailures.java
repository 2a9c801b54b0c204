package dev.embedding.http.operations;

import dev.embedding.http.edge.ErrorResponse;
import dev.embedding.reload.SettingChangeException;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps the reasons why settings were not changed to status and error body. */
class SettingChangeFailures {

    @ServerExceptionMapper
    Response notChanged(SettingChangeException failure, RoutingContext exchange) {
        return ErrorResponse.of(translated(failure, exchange), exchange)
                .toResponse()
                .build();
    }

    private static RequestFailure translated(SettingChangeException failure, RoutingContext exchange) {
        FailureKind kind =
                switch (failure.reason()) {
                    case STORE_OFF, READ_ONLY -> FailureKind.SETTINGS_READ_ONLY;
                    case NOT_STORED -> FailureKind.NOT_FOUND;
                    case SPACE_MISMATCH, NOT_STORABLE, MODEL_NOT_ALLOWED, NAME_CLASH -> FailureKind.INVALID_REQUEST;
                    case MODEL_NOT_LOADED -> FailureKind.INTERNAL_ERROR;
                    case STORE_UNAVAILABLE -> FailureKind.SETTINGS_UNAVAILABLE;
                    case STOPPING -> FailureKind.SHUTTING_DOWN;
                };
        return kind == FailureKind.INVALID_REQUEST
                ? RequestFailure.invalid(
                        new FieldError(changedField(exchange, failure), failure.detail(), "value_error"))
                : RequestFailure.of(kind, failure.detail());
    }

    /** Field of the request that the fault is reported for. */
    private static String changedField(RoutingContext exchange, SettingChangeException failure) {
        if (exchange.request().method().equals(HttpMethod.DELETE)) {
            return "path.key";
        }
        return exchange.normalizedPath().startsWith(OperationsRoutes.SETTINGS_BULK)
                ? "body.settings" + failure.key().map(key -> "." + key).orElse("")
                : "body.value";
    }
}
