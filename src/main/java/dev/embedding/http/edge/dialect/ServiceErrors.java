package dev.embedding.http.edge.dialect;

import dev.embedding.serving.FailureKind;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import java.util.List;
import java.util.Map;

/** The service's own error format, for its own endpoints and for every path that no other dialect owns. */
public final class ServiceErrors implements ErrorFormat {

    public static final ErrorFormat FORMAT = new ServiceErrors();

    private static final String INPUT = "body.input";
    private static final String TEXTS = "body.texts";

    private ServiceErrors() {}

    @Override
    public int status(FailureKind kind) {
        return switch (kind) {
            case MALFORMED_REQUEST, SETTINGS_READ_ONLY -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND, UNKNOWN_MODEL -> 404;
            case METHOD_NOT_ALLOWED -> 405;
            case BODY_TIMEOUT -> 408;
            case SPACE_MISMATCH -> 412;
            case BODY_TOO_LARGE -> 413;
            case UNSUPPORTED_MEDIA_TYPE -> 415;
            case RANGE_NOT_SATISFIABLE -> 416;
            case INVALID_REQUEST, UNKNOWN_PROMPT, UNSUPPORTED_DIMENSIONS, NO_TOKENS, TOO_LONG, FOREIGN_TOKEN_IDS -> 422;
            case SATURATED -> 429;
            case CANCELLED -> 499;
            case COMPUTATION_FAILED, INTERNAL_ERROR -> 500;
            case UNSUPPORTED_TRANSFER_CODING -> 501;
            case NO_MODEL, SHUTTING_DOWN, SETTINGS_UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case UNSUPPORTED_HTTP_VERSION -> 505;
        };
    }

    @Override
    public Object body(RequestFailure failure, String requestId) {
        List<FieldError> faults = failure.faults().stream()
                .map(fault -> new FieldError(field(fault.field()), fault.message(), fault.type()))
                .toList();
        return ErrorBody.of(status(failure.kind()), failure.detail(ServiceErrors::field), faults, requestId);
    }

    /** Renames the field of the inputs. */
    private static String field(String name) {
        return name.equals(INPUT) ? TEXTS : name;
    }

    @Override
    public Map<String, String> headers(FailureKind kind) {
        return Map.of();
    }

    @Override
    public String schema() {
        return ErrorBody.SCHEMA;
    }
}
