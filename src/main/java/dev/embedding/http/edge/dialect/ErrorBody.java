package dev.embedding.http.edge.dialect;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.serving.FieldError;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Error body of the service's own dialect, for every path that no other dialect owns. */
@Schema(name = ErrorBody.SCHEMA)
public record ErrorBody(
        @Schema(description = "Kind of error", examples = "Validation Error", required = true)
        String error,

        @Schema(description = "What happened and what to do, in a sentence", required = true)
        String detail,

        @Schema(description = "Also in the header X-Request-ID", required = true) @JsonProperty("request_id")
        String requestId,

        @Schema(description = "For 422: each fault of the request") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        List<FieldError> errors) {

    public static final String SCHEMA = "Error";

    private static final int INVALID = 422;

    static ErrorBody of(int status, String detail, List<FieldError> faults, String requestId) {
        boolean invalid = status == INVALID;
        return new ErrorBody(
                invalid
                        ? "Validation Error"
                        : HttpResponseStatus.valueOf(status).reasonPhrase(),
                detail,
                requestId,
                invalid ? faults : null);
    }
}
