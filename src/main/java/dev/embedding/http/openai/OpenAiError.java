package dev.embedding.http.openai;

import dev.embedding.http.edge.failure.Failure;
import dev.embedding.http.edge.failure.FieldError;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** OpenAI's error envelope. */
@Schema(name = OpenAiError.SCHEMA)
public record OpenAiError(@Schema(required = true) Content error) {

    static final String SCHEMA = "OpenAiError";

    private static final String BODY = "body.";
    private static final String NOT_JSON = "json_invalid";
    private static final String INVALID = "invalid_request_error";
    private static final String SERVER = "server_error";

    /** Content of the error envelope. */
    @Schema(name = "OpenAiErrorContent")
    public record Content(
            @Schema(description = "What happened and what to do, in a sentence", required = true)
            String message,

            @Schema(
                    required = true,
                    enumeration = {INVALID, "rate_limit_error", SERVER})
            String type,

            @Schema(description = "The field of the body, or the header, that is at fault", nullable = true) @Nullable
            String param,

            @Schema(description = "The cause, for a program", required = true)
            String code) {}

    static OpenAiError of(Failure failure) {
        return new OpenAiError(new Content(
                failure.describe(OpenAiError::withoutBody), type(failure.status()), param(failure), code(failure)));
    }

    private static @Nullable String param(Failure failure) {
        return failure.faults().stream()
                .findFirst()
                .filter(fault ->
                        !fault.type().equals(NOT_JSON) && !fault.field().equals("body"))
                .map(fault -> withoutBody(fault.field()))
                .orElse(null);
    }

    /** Names a field as its sender does; where a body is not JSON, the position stays as it is. */
    private static String withoutBody(String field) {
        boolean isPosition = field.startsWith(BODY) && Character.isDigit(field.charAt(field.length() - 1));
        return field.startsWith(BODY) && !isPosition ? field.substring(BODY.length()) : field;
    }

    private static String type(int status) {
        if (status == 429) {
            return "rate_limit_error";
        }
        return status >= 500 ? SERVER : INVALID;
    }

    private static String code(Failure failure) {
        return switch (failure.status()) {
            case 401 -> "invalid_api_key";
            case 405 -> "method_not_allowed";
            case 408 -> "request_timeout";
            case 412 -> "other_vector_space";
            case 413 -> "request_too_large";
            case 415 -> "unsupported_media_type";
            case 429 -> "rate_limit_exceeded";
            case 503 -> "unavailable";
            case 504 -> "deadline_exceeded";
            case 500 -> "internal_error";
            default ->
                failure.faults().stream().findFirst().map(FieldError::type).orElse("not_found");
        };
    }
}
