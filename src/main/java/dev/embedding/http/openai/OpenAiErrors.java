package dev.embedding.http.openai;

import dev.embedding.http.edge.dialect.ErrorFormat;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** OpenAI's statuses and error bodies. */
final class OpenAiErrors implements ErrorFormat {

    private static final String BODY = "body.";
    private static final String NOT_JSON = "json_invalid";
    private static final String MODEL = "model";

    /**
     * OpenAI's terms for a kind of failure.
     *
     * @param code cause, for a program; the type of the first fault is more specific where there are faults
     * @param retryable whether a retry of the same request may succeed
     */
    private record Terms(int status, String type, String code, boolean retryable) {
        static Terms invalid(int status, String code) {
            return new Terms(status, OpenAiError.INVALID, code, false);
        }

        static Terms server(int status, String code, boolean retryable) {
            return new Terms(status, OpenAiError.SERVER, code, retryable);
        }
    }

    private static Terms terms(FailureKind kind) {
        return switch (kind) {
            case INVALID_REQUEST, UNKNOWN_PROMPT, UNSUPPORTED_DIMENSIONS, NO_TOKENS, TOO_LONG, FOREIGN_TOKEN_IDS ->
                Terms.invalid(400, "invalid_value");
            case MALFORMED_REQUEST -> Terms.invalid(400, "malformed_request");
            case SETTINGS_READ_ONLY -> Terms.invalid(400, "read_only");
            case UNAUTHENTICATED -> Terms.invalid(401, "invalid_api_key");
            case FORBIDDEN -> Terms.invalid(403, "permission_denied");
            case NOT_FOUND -> Terms.invalid(404, "not_found");
            case UNKNOWN_MODEL -> Terms.invalid(404, "model_not_found");
            case METHOD_NOT_ALLOWED -> Terms.invalid(405, "method_not_allowed");
            case BODY_TIMEOUT -> new Terms(408, OpenAiError.INVALID, "request_timeout", true);
            case SPACE_MISMATCH -> Terms.invalid(412, "other_vector_space");
            case BODY_TOO_LARGE -> Terms.invalid(413, "request_too_large");
            case UNSUPPORTED_MEDIA_TYPE -> Terms.invalid(415, "unsupported_media_type");
            case RANGE_NOT_SATISFIABLE -> Terms.invalid(416, "range_not_satisfiable");
            case SATURATED -> new Terms(429, OpenAiError.RATE_LIMIT, "rate_limit_exceeded", true);
            case CANCELLED -> Terms.invalid(499, "cancelled");
            case COMPUTATION_FAILED, INTERNAL_ERROR -> Terms.server(500, "internal_error", false);
            case UNSUPPORTED_TRANSFER_CODING -> Terms.server(501, "unsupported_transfer_coding", false);
            case NO_MODEL, SHUTTING_DOWN, SETTINGS_UNAVAILABLE -> Terms.server(503, "unavailable", true);
            case DEADLINE_EXCEEDED -> Terms.server(504, "deadline_exceeded", false);
            case UNSUPPORTED_HTTP_VERSION -> Terms.server(505, "unsupported_http_version", false);
        };
    }

    @Override
    public int status(FailureKind kind) {
        return terms(kind).status();
    }

    @Override
    public Object body(RequestFailure failure, String requestId) {
        Terms terms = terms(failure.kind());
        return new OpenAiError(new OpenAiError.Content(
                failure.detail(OpenAiErrors::withoutBody),
                terms.type(),
                param(failure),
                firstFault(failure).map(FieldError::type).orElse(terms.code())));
    }

    private static Optional<FieldError> firstFault(RequestFailure failure) {
        return failure.faults().stream().findFirst();
    }

    private static @Nullable String param(RequestFailure failure) {
        return firstFault(failure)
                .filter(fault ->
                        !fault.type().equals(NOT_JSON) && !fault.field().equals("body"))
                .map(fault -> withoutBody(fault.field()))
                .orElse(failure.kind() == FailureKind.UNKNOWN_MODEL ? MODEL : null);
    }

    /** Names a field as its sender does; where a body is not JSON, the position stays as it is. */
    private static String withoutBody(String field) {
        boolean isPosition = field.startsWith(BODY) && Character.isDigit(field.charAt(field.length() - 1));
        return field.startsWith(BODY) && !isPosition ? field.substring(BODY.length()) : field;
    }

    /** OpenAI's SDKs would otherwise retry every 500 and 504. */
    @Override
    public Map<String, String> headers(FailureKind kind) {
        return Map.of("x-should-retry", Boolean.toString(terms(kind).retryable()));
    }

    @Override
    public String schema() {
        return OpenAiError.SCHEMA;
    }
}
