package dev.embedding.serving;

import dev.embedding.batch.BatchObserver;
import dev.embedding.batch.RerunCause;
import dev.embedding.serving.CallContext.Computed;
import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.serving.model.ModelObserver;
import dev.embedding.telemetry.EmbeddingMeters;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Metrics of requests and batches: converts results and failures to values of meters. */
public final class ServingMetrics implements ModelObserver {

    private final EmbeddingMeters meters;

    public ServingMetrics(EmbeddingMeters meters) {
        this.meters = meters;
    }

    @Override
    public BatchObserver batchesOf(Supplier<Optional<String>> servedAs) {
        return new Batches(servedAs, meters);
    }

    /** Counts the batches of one model, by the id that it is served under; those before it is served are checks. */
    private record Batches(Supplier<Optional<String>> servedAs, EmbeddingMeters meters) implements BatchObserver {

        @Override
        public void computed(int rows, long tokens, long paddedTokens, long nanos) {
            servedAs.get().ifPresent(id -> meters.batchComputed(id, rows, tokens, paddedTokens, nanos));
        }

        @Override
        public void rerun(RerunCause cause) {
            servedAs.get().ifPresent(id -> meters.batchRerun(id, cause.name().toLowerCase(Locale.ROOT)));
        }
    }

    /**
     * Records the end of a request, once: when its response is sent, or its caller has disconnected before.
     *
     * @param failure empty for a request that got vectors
     */
    public void ended(CallContext call, Optional<FailureKind> failure) {
        if (!call.record()) {
            return;
        }
        Optional<String> model = call.modelId();
        meters.requestTimed(
                model, call.dialect(), failure.map(ServingMetrics::outcome).orElse("success"), call.nanos());
        if (failure.isEmpty()) {
            meters.requestSucceeded(model, call.nanos());
            call.computed().ifPresent(computed -> count(model, computed));
        } else {
            count(model, failure.get());
        }
    }

    private void count(Optional<String> model, Computed computed) {
        meters.embedded(model, computed.texts(), computed.queueNanos());
        CacheCounts sources = computed.sources();
        meters.cacheUsed(model, sources.hits(), sources.shared(), sources.misses(), sources.bypassed());
    }

    private void count(Optional<String> model, FailureKind kind) {
        switch (kind) {
            case SATURATED,
                    DEADLINE_EXCEEDED,
                    NO_MODEL,
                    SHUTTING_DOWN,
                    SETTINGS_UNAVAILABLE,
                    COMPUTATION_FAILED,
                    INTERNAL_ERROR -> meters.requestFailed(model, outcome(kind));
            case UNKNOWN_PROMPT,
                    UNSUPPORTED_DIMENSIONS,
                    NO_TOKENS,
                    TOO_LONG,
                    FOREIGN_TOKEN_IDS,
                    UNKNOWN_MODEL,
                    SPACE_MISMATCH,
                    CANCELLED -> meters.requestRejected(model, outcome(kind));
            case INVALID_REQUEST,
                    MALFORMED_REQUEST,
                    UNAUTHENTICATED,
                    FORBIDDEN,
                    NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    BODY_TIMEOUT,
                    BODY_TOO_LARGE,
                    UNSUPPORTED_MEDIA_TYPE,
                    RANGE_NOT_SATISFIABLE,
                    UNSUPPORTED_TRANSFER_CODING,
                    UNSUPPORTED_HTTP_VERSION,
                    SETTINGS_READ_ONLY -> {} // Not valid: timed, but not counted as a request.
        }
    }

    /** Label of the meters. */
    private static String outcome(FailureKind kind) {
        return switch (kind) {
            case COMPUTATION_FAILED, INTERNAL_ERROR -> "failed";
            case NO_MODEL -> "no_model";
            case SHUTTING_DOWN -> "shutting_down";
            case SATURATED -> "saturated";
            case DEADLINE_EXCEEDED -> "deadline_exceeded";
            case CANCELLED -> "cancelled";
            case SPACE_MISMATCH -> "space_mismatch";
            case UNKNOWN_MODEL -> "unknown_model";
            case UNKNOWN_PROMPT -> "unknown_prompt";
            case UNSUPPORTED_DIMENSIONS -> "unsupported_dimensions";
            case NO_TOKENS -> "no_tokens";
            case TOO_LONG -> "too_long";
            case FOREIGN_TOKEN_IDS -> "foreign_token_ids";
            case UNAUTHENTICATED, FORBIDDEN -> "unauthorized";
            case BODY_TIMEOUT -> "body_timeout";
            case BODY_TOO_LARGE -> "body_too_large";
            case INVALID_REQUEST,
                    MALFORMED_REQUEST,
                    NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    UNSUPPORTED_MEDIA_TYPE,
                    RANGE_NOT_SATISFIABLE,
                    UNSUPPORTED_TRANSFER_CODING,
                    UNSUPPORTED_HTTP_VERSION,
                    SETTINGS_READ_ONLY -> "invalid";
            case SETTINGS_UNAVAILABLE -> "unavailable";
        };
    }
}
