package dev.embedding.http.edge.failure;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A failed request in neutral terms, before a dialect maps it to its own status and error body.
 *
 * @param status of the service's own dialect, which names the cause
 * @param detail what happened and what to do, in a sentence
 * @param faults of an invalid request each; of another model than the one that is served, where it is named
 * @param retryAfter when it may be sent again with success
 */
public record Failure(int status, String detail, List<FieldError> faults, Optional<Duration> retryAfter) {

    static final int INVALID = 422;

    private static final int SHOWN_FAULTS = 3;

    /** What only the log explains. */
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
        return new Failure(INVALID, faulty(faults, UnaryOperator.identity()), faults, Optional.empty());
    }

    /**
     * The detail, in other words for where the faults of an invalid request are.
     *
     * @param fieldNames from {@code body.texts} and the like
     */
    public String describe(UnaryOperator<String> fieldNames) {
        return status == INVALID ? faulty(faults, fieldNames) : detail;
    }

    private static String faulty(List<FieldError> faults, UnaryOperator<String> fieldNames) {
        String shown = String.join(
                "; ",
                faults.stream()
                        .limit(SHOWN_FAULTS)
                        .map(fault -> fieldNames.apply(fault.field()) + ": " + fault.message())
                        .toList());
        return faults.size() > SHOWN_FAULTS ? shown + " (and " + (faults.size() - SHOWN_FAULTS) + " more)" : shown;
    }
}
