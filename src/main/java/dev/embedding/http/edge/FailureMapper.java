package dev.embedding.http.edge;

import dev.embedding.http.edge.failure.Dialect;
import dev.embedding.http.edge.failure.Dialects;
import dev.embedding.http.edge.failure.Failure;
import dev.embedding.http.edge.failure.InvalidRequestException;
import dev.embedding.http.edge.failure.RequestRejectedException;
import dev.embedding.http.edge.header.RequestId;
import dev.embedding.serving.EmbeddingFailure;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps failures to status and error body. Nothing internal leaves the service. */
class FailureMapper {

    private static final Logger LOG = Logger.getLogger(FailureMapper.class);

    @ServerExceptionMapper
    Response invalid(InvalidRequestException failure, RoutingContext exchange) {
        return respond(Failure.invalid(failure.faults()), exchange).build();
    }

    @ServerExceptionMapper
    Response refused(RequestRejectedException failure, RoutingContext exchange) {
        return respond(failure.failure(), exchange).build();
    }

    @ServerExceptionMapper
    Response notEmbedded(EmbeddingFailure failure, RoutingContext exchange) {
        if (failure instanceof EmbeddingFailure.Saturated saturated) {
            return respond(Failure.retryLater(429, failure.detail(), saturated.retryAfter()), exchange)
                    .build();
        }
        if (failure instanceof EmbeddingFailure.Mismatch mismatch) {
            String field = "body." + field(mismatch.part(), Dialects.of(exchange));
            return respond(Failure.invalid(field, failure.detail()), exchange).build();
        }
        if (failure instanceof EmbeddingFailure.UnknownModel) {
            return respond(Failure.unknownModel(failure.detail()), exchange).build();
        }
        if (failure instanceof EmbeddingFailure.ComputationFailed) {
            LOG.errorf(failure.getCause(), "Request %s could not be computed", RequestId.of(exchange));
        }
        return respond(Failure.of(status(failure), failure.detail()), exchange).build();
    }

    private static String field(EmbeddingFailure.Part part, Dialect dialect) {
        return switch (part) {
            case INPUT -> dialect.inputField();
            case PROMPT_NAME -> "prompt_name";
            case DIMENSIONS -> "dimensions";
        };
    }

    private static int status(EmbeddingFailure failure) {
        if (failure instanceof EmbeddingFailure.NoModel || failure instanceof EmbeddingFailure.Aborted) {
            return 503;
        }
        if (failure instanceof EmbeddingFailure.DeadlineExceeded) {
            return 504;
        }
        return failure instanceof EmbeddingFailure.SpaceMismatch ? 412 : 500;
    }

    @ServerExceptionMapper
    Response notFound(NotFoundException failure, RoutingContext exchange) {
        String detail = "No endpoint at " + exchange.normalizedPath() + "; /docs lists all endpoints.";
        return respond(Failure.of(404, detail), exchange).build();
    }

    @ServerExceptionMapper
    Response notAllowed(NotAllowedException failure, RoutingContext exchange) {
        String allowed = Dialects.of(exchange).allowedMethods(exchange.normalizedPath());
        String detail = exchange.request().method() + " is not allowed here; use " + allowed + ".";
        return respond(Failure.of(405, detail), exchange)
                .header("Allow", allowed)
                .build();
    }

    @ServerExceptionMapper
    Response framework(WebApplicationException failure, RoutingContext exchange) {
        Response.StatusType status = failure.getResponse().getStatusInfo();
        String detail = "The request was rejected: " + status.getReasonPhrase() + ".";
        return respond(Failure.of(status.getStatusCode(), detail), exchange).build();
    }

    @ServerExceptionMapper
    Response unexpected(Throwable failure, RoutingContext exchange) {
        LOG.errorf(failure, "Request %s failed", RequestId.of(exchange));
        return respond(Failure.UNEXPECTED, exchange).build();
    }

    private static Response.ResponseBuilder respond(Failure failure, RoutingContext exchange) {
        return ErrorResponse.of(failure, exchange).toResponse();
    }
}
