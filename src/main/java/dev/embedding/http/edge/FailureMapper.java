package dev.embedding.http.edge;

import dev.embedding.http.edge.dialect.Dialects;
import dev.embedding.http.edge.header.RequestId;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps what endpoints throw to responses. Nothing internal leaves the service. */
class FailureMapper {

    private static final Logger LOG = Logger.getLogger(FailureMapper.class);

    @ServerExceptionMapper
    Response failed(RequestFailure failure, RoutingContext exchange) {
        if (failure.getCause() != null) {
            LOG.errorf(failure.getCause(), "Request %s could not be computed", RequestId.of(exchange));
        }
        return respond(failure, exchange).build();
    }

    @ServerExceptionMapper
    Response notFound(NotFoundException failure, RoutingContext exchange) {
        String detail = "No endpoint at " + exchange.normalizedPath() + "; /docs lists all endpoints.";
        return respond(RequestFailure.of(FailureKind.NOT_FOUND, detail), exchange)
                .build();
    }

    @ServerExceptionMapper
    Response notAllowed(NotAllowedException failure, RoutingContext exchange) {
        String allowed = Dialects.of(exchange).allowedMethods();
        String detail = exchange.request().method() + " is not allowed here; use " + allowed + ".";
        return respond(RequestFailure.of(FailureKind.METHOD_NOT_ALLOWED, detail), exchange)
                .header("Allow", allowed)
                .build();
    }

    @ServerExceptionMapper
    Response framework(WebApplicationException failure, RoutingContext exchange) {
        Response.StatusType status = failure.getResponse().getStatusInfo();
        if (status.getStatusCode() >= HttpResponseStatus.INTERNAL_SERVER_ERROR.code()) {
            return unexpected(failure, exchange);
        }
        FailureKind kind = status.toEnum() == Response.Status.UNSUPPORTED_MEDIA_TYPE
                ? FailureKind.UNSUPPORTED_MEDIA_TYPE
                : FailureKind.MALFORMED_REQUEST;
        String detail = "The request was rejected: " + status.getReasonPhrase() + ".";
        return respond(RequestFailure.of(kind, detail), exchange).build();
    }

    @ServerExceptionMapper
    Response unexpected(Throwable failure, RoutingContext exchange) {
        LOG.errorf(failure, "Request %s failed", RequestId.of(exchange));
        return respond(RequestFailure.unexpected(), exchange).build();
    }

    private static Response.ResponseBuilder respond(RequestFailure failure, RoutingContext exchange) {
        return ErrorResponse.of(failure, exchange).toResponse();
    }
}
