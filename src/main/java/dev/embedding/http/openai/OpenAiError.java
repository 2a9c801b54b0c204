package dev.embedding.http.openai;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** OpenAI's error envelope. */
@Schema(name = OpenAiError.SCHEMA)
public record OpenAiError(@Schema(required = true) Content error) {

    static final String SCHEMA = "OpenAiError";

    static final String INVALID = "invalid_request_error";
    static final String RATE_LIMIT = "rate_limit_error";
    static final String SERVER = "server_error";

    /** Content of the error envelope. */
    @Schema(name = "OpenAiErrorContent")
    public record Content(
            @Schema(description = "What happened and what to do, in a sentence", required = true)
            String message,

            @Schema(
                    required = true,
                    enumeration = {INVALID, RATE_LIMIT, SERVER})
            String type,

            @Schema(description = "The field of the body, or the header, that is at fault", nullable = true) @Nullable
            String param,

            @Schema(description = "The cause, for a program", required = true)
            String code) {}
}
