package dev.embedding.http.edge.failure;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Failure of a request, before a dialect translates it to its own format.
 *
 * @param status of the service's own dialect, which names the cause
 * @param detail what happened and what to do, in a sentence
 * @param faults every fault of an invalid request; for an unknown model, the field that names it; else empty
 * @param retryAfter time after which a retry may succeed
 */
public record Failure(int status, String detail, List<FieldError> faults, Optional<Duration> retryAfter) {

    static final int INVALID = 422;

    private static final int MAX_LISTED_FAULTS = 3;

    /** Failure whose cause is only in the log. */
    public static final Failure UNEXPECTED = of(500, "The service failed; its log says why under this request id.");

    public static Failure of(int status, String detail) {
        return new Failure(status, detail, List.of(), Optional.empty());
    }

    public static Failure retryLater(int status, String detail, Duration retryAfter) {
        return new Failure(status, detail, List.of(), Optional.of(retryAfter));
    }

    public static Failure unknownModel(String detail) {
        return new Failure(
                404, detail, List.of(new FieldError("body.model", detail, "model_not_found")), Optional.empty());
    }

    public static Failure invalid(String field, String message) {
        return invalid(List.of(new FieldError(field, message, "value_error")));
    }

    public static Failure invalid(List<FieldError> faults) {
        return new Failure(INVALID, summary(faults, UnaryOperator.identity()), faults, Optional.empty());
    }

    /**
     * The detail, with other names for the fields of an invalid request's faults.
     *
     * @param fieldNames from {@code body.texts} and the like
     */
    public String describe(UnaryOperator<String> fieldNames) {
        return status == INVALID ? summary(faults, fieldNames) : detail;
    }

    private static String summary(List<FieldError> faults, UnaryOperator<String> fieldNames) {
        String listed = String.join(
                "; ",
                faults.stream()
                        .limit(MAX_LISTED_FAULTS)
                        .map(fault -> fieldNames.apply(fault.field()) + ": " + fault.message())
                        .toList());
        return faults.size() > MAX_LISTED_FAULTS
                ? listed + " (and " + (faults.size() - MAX_LISTED_FAULTS) + " more)"
                : listed;
    }
}
