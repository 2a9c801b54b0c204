package dev.embedding.http.edge.failure;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Error body of the service's own dialect, for every path that no other dialect owns. */
@Schema(name = "Error")
public record ErrorBody(
        @Schema(description = "Kind of error", examples = "Validation Error", required = true)
        String error,

        @Schema(description = "What happened and what to do, in a sentence", required = true)
        String detail,

        @Schema(description = "Also in the header X-Request-ID", required = true) @JsonProperty("request_id")
        String requestId,

        @Schema(description = "For 422: each fault of the request") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        List<FieldError> errors) {

    static ErrorBody of(Failure failure, String requestId) {
        boolean invalid = failure.status() == Failure.INVALID;
        return new ErrorBody(
                invalid
                        ? "Validation Error"
                        : HttpResponseStatus.valueOf(failure.status()).reasonPhrase(),
                failure.detail(),
                requestId,
                invalid ? failure.faults() : null);
    }
}
