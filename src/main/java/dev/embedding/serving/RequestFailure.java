package dev.embedding.serving;

import dev.embedding.batch.QueueFullException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Failure of a request, before a dialect translates it to its own format. The message is for the caller: what happened
 * and what to do, nothing internal. Without a stack trace unless it has a cause: there may be thousands per
 * second under overload.
 */
public final class RequestFailure extends RuntimeException {

    /** Field of a body with the inputs, by the name that it has in most dialects. */
    static final String INPUT = "input";

    private static final int MAX_LISTED_FAULTS = 3;

    private final FailureKind kind;
    private final List<FieldError> faults;
    private final Optional<Duration> retryAfter;

    private RequestFailure(
            FailureKind kind,
            String detail,
            List<FieldError> faults,
            Optional<Duration> retryAfter,
            @Nullable Throwable cause) {
        super(detail, cause, false, cause != null);
        this.kind = kind;
        this.faults = List.copyOf(faults);
        this.retryAfter = retryAfter;
    }

    /** @param detail for the caller, in a sentence */
    public static RequestFailure of(FailureKind kind, String detail) {
        return new RequestFailure(kind, detail, List.of(), Optional.empty(), null);
    }

    /** @param retryAfter time after which a retry may succeed */
    public static RequestFailure retryLater(FailureKind kind, String detail, Duration retryAfter) {
        return new RequestFailure(kind, detail, List.of(), Optional.of(retryAfter), null);
    }

    /** Failure of a request that breaks the rules of its endpoint, with every fault. */
    public static RequestFailure invalid(List<FieldError> faults) {
        return invalid(FailureKind.INVALID_REQUEST, faults);
    }

    public static RequestFailure invalid(FieldError fault) {
        return invalid(List.of(fault));
    }

    private static RequestFailure invalid(FailureKind kind, List<FieldError> faults) {
        return new RequestFailure(kind, summary(faults, UnaryOperator.identity()), faults, Optional.empty(), null);
    }

    /**
     * Failure of a valid request that does not fit the served model.
     *
     * @param field field of the body that does not fit, by the name that it has in most dialects
     */
    static RequestFailure unfit(FailureKind kind, String field, String detail) {
        return invalid(kind, List.of(new FieldError("body." + field, detail, "value_error")));
    }

    /** @param detail names the index of the input */
    static RequestFailure unfitInput(FailureKind kind, String detail) {
        return unfit(kind, INPUT, detail);
    }

    /** Failure whose cause is only in the log. */
    public static RequestFailure unexpected() {
        return of(FailureKind.INTERNAL_ERROR, "The service failed; its log says why under this request id.");
    }

    public static RequestFailure noModel() {
        return of(FailureKind.NO_MODEL, "No model is loaded; /health says why. Try again later.");
    }

    /** @param id of a model that is configured, but not loaded */
    public static RequestFailure noModel(String id) {
        return of(
                FailureKind.NO_MODEL,
                "The model " + id + " is not loaded; /health says why. Try again later, or name another one.");
    }

    static RequestFailure aborted() {
        return of(
                FailureKind.SHUTTING_DOWN,
                "The request was aborted because the service is shutting down or replaces its model; send it again.");
    }

    static RequestFailure cancelled() {
        return of(FailureKind.CANCELLED, "The caller has gone.");
    }

    static RequestFailure saturated(QueueFullException full) {
        Duration retryAfter = full.retryAfter();
        return retryLater(
                FailureKind.SATURATED,
                "Too many texts are waiting: this request would wait about " + seconds(full.expectedWait())
                        + " s. Try again in " + seconds(retryAfter) + " s, or send less at once.",
                retryAfter);
    }

    private static long seconds(Duration time) {
        return Math.max(1, time.plusMillis(999).toSeconds());
    }

    static RequestFailure notComputed(Throwable cause) {
        return failed("The model could not compute these texts.", cause);
    }

    /** @param index of the text in the request, from 0 */
    static RequestFailure notComputed(int index, Throwable cause) {
        return failed(
                "The model could not compute the text with the index " + index
                        + "; the others may be sent again without it.",
                cause);
    }

    private static RequestFailure failed(String detail, Throwable cause) {
        return new RequestFailure(FailureKind.COMPUTATION_FAILED, detail, List.of(), Optional.empty(), cause);
    }

    public FailureKind kind() {
        return kind;
    }

    /** What happened and what to do, in a sentence. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /**
     * The detail, with other names for the fields of the faults.
     *
     * @param fieldNames from {@code body.input} and the like
     */
    public String detail(UnaryOperator<String> fieldNames) {
        return faults.isEmpty() ? detail() : summary(faults, fieldNames);
    }

    /** Every fault of a request that is invalid or does not fit the model; empty for other failures. */
    public List<FieldError> faults() {
        return faults;
    }

    /** Time after which a retry may succeed; empty where that is unknown. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
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
