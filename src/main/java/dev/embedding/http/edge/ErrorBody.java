package dev.embedding.http.edge;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of every error that reaches a route. */
@Schema(name = "Error")
public record ErrorBody(
        @Schema(description = "Kind of error", examples = "Validation Error", required = true)
        String error,

        @Schema(description = "What happened and what to do, in a sentence", required = true)
        String detail,

        @Schema(description = "Also in the header X-Request-ID", required = true) @JsonProperty("request_id")
        String requestId,

        @Schema(description = "For 422: each fault of the request") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        List<Fault> errors) {

    private static final int SHOWN_FAULTS = 3;

    static ErrorBody of(int status, String detail, String requestId) {
        return new ErrorBody(HttpResponseStatus.valueOf(status).reasonPhrase(), detail, requestId, null);
    }

    static ErrorBody of(List<Fault> faults, String requestId) {
        String detail = String.join(
                "; ",
                faults.stream()
                        .limit(SHOWN_FAULTS)
                        .map(fault -> fault.field() + ": " + fault.message())
                        .toList());
        String more = faults.size() > SHOWN_FAULTS ? " (and " + (faults.size() - SHOWN_FAULTS) + " more)" : "";
        return new ErrorBody("Validation Error", detail + more, requestId, faults);
    }
}
