package dev.embedding.http.edge;

import dev.embedding.reload.SettingChangeException;
import dev.embedding.serving.EmbeddingFailure;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** The one mapping from failure to status and error body. Nothing internal leaves the service. */
class FailureMapper {

    private static final Logger LOG = Logger.getLogger(FailureMapper.class);

    @ServerExceptionMapper
    Response invalid(InvalidRequestException failure, RoutingContext exchange) {
        return answer(422, ErrorBody.of(failure.faults(), RequestId.of(exchange)))
                .build();
    }

    @ServerExceptionMapper
    Response refused(RefusedException failure, RoutingContext exchange) {
        Response.ResponseBuilder answer = answer(failure.status(), failure.detail(), exchange);
        return (failure.status() == 429 ? answer.header("Retry-After", 1) : answer).build();
    }

    @ServerExceptionMapper
    Response notEmbedded(EmbeddingFailure failure, RoutingContext exchange) {
        if (failure instanceof EmbeddingFailure.Saturated saturated) {
            return answer(429, failure.detail(), exchange)
                    .header("Retry-After", wholeSeconds(saturated.retryAfter()))
                    .header("retry-after-ms", saturated.retryAfter().toMillis())
                    .build();
        }
        if (failure instanceof EmbeddingFailure.NoTokens) {
            return invalid(
                    new InvalidRequestException(new Fault("body.texts", failure.detail(), "value_error")), exchange);
        }
        if (failure instanceof EmbeddingFailure.NoSuchPrompt) {
            return invalid(
                    new InvalidRequestException(new Fault("body.prompt_name", failure.detail(), "value_error")),
                    exchange);
        }
        if (failure instanceof EmbeddingFailure.ComputationFailed) {
            LOG.errorf(failure.getCause(), "Request %s could not be computed", RequestId.of(exchange));
        }
        return answer(status(failure), failure.detail(), exchange).build();
    }

    /** Rounded up, so that nobody comes too early. */
    private static long wholeSeconds(Duration time) {
        return time.plusMillis(999).toSeconds();
    }

    private static int status(EmbeddingFailure failure) {
        if (failure instanceof EmbeddingFailure.NoModel || failure instanceof EmbeddingFailure.GivenUp) {
            return 503;
        }
        if (failure instanceof EmbeddingFailure.DeadlinePassed) {
            return 504;
        }
        return failure instanceof EmbeddingFailure.OtherSpace ? 412 : 500;
    }

    @ServerExceptionMapper
    Response notChanged(SettingChangeException failure, RoutingContext exchange) {
        int status =
                switch (failure.reason()) {
                    case STORE_OFF, READ_ONLY -> 400;
                    case NOT_STORED -> 404;
                    case OTHER_SPACE -> 422;
                    case MODEL_NOT_LOADED -> 500;
                    case STORE_UNAVAILABLE, STOPPING -> 503;
                };
        if (status == 422) {
            return invalid(
                    new InvalidRequestException(new Fault(changedField(exchange), failure.detail(), "value_error")),
                    exchange);
        }
        return answer(status, failure.detail(), exchange).build();
    }

    /** Where a request names what it wants to change. */
    private static String changedField(RoutingContext exchange) {
        if (exchange.request().method().equals(HttpMethod.DELETE)) {
            return "path.key";
        }
        return exchange.normalizedPath().startsWith("/settings/bulk") ? "body.settings" : "body.value";
    }

    @ServerExceptionMapper
    Response notFound(NotFoundException failure, RoutingContext exchange) {
        return answer(
                        404,
                        "There is nothing at " + exchange.normalizedPath() + "; /docs shows what there is.",
                        exchange)
                .build();
    }

    @ServerExceptionMapper
    Response notAllowed(NotAllowedException failure, RoutingContext exchange) {
        String allowed = AllowedMethods.of(exchange.normalizedPath());
        String detail = exchange.request().method() + " is not allowed here; use " + allowed + ".";
        return answer(405, detail, exchange).header("Allow", allowed).build();
    }

    @ServerExceptionMapper
    Response framework(WebApplicationException failure, RoutingContext exchange) {
        int status = failure.getResponse().getStatus();
        return answer(
                        status,
                        "The request was refused: "
                                + failure.getResponse().getStatusInfo().getReasonPhrase() + ".",
                        exchange)
                .build();
    }

    @ServerExceptionMapper
    Response unexpected(Throwable failure, RoutingContext exchange) {
        LOG.errorf(failure, "Request %s failed", RequestId.of(exchange));
        return answer(500, "The service failed; its log says why under this request id.", exchange)
                .build();
    }

    private static Response.ResponseBuilder answer(int status, String detail, RoutingContext exchange) {
        return answer(status, ErrorBody.of(status, detail, RequestId.of(exchange)));
    }

    private static Response.ResponseBuilder answer(int status, ErrorBody body) {
        return Response.status(status).type(MediaType.APPLICATION_JSON).entity(body);
    }
}
