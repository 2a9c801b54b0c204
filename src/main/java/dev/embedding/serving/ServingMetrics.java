package dev.embedding.serving;

import dev.embedding.batch.BatchObserver;
import dev.embedding.batch.RerunCause;
import dev.embedding.serving.CallContext.Computed;
import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.telemetry.EmbeddingMeters;
import java.util.Locale;
import java.util.Optional;

/** Metrics of requests and batches: converts results and failures to values of meters. */
public final class ServingMetrics implements BatchObserver {

    private final EmbeddingMeters meters;

    public ServingMetrics(EmbeddingMeters meters) {
        this.meters = meters;
    }

    @Override
    public void computed(int rows, long tokens, long paddedTokens, long nanos) {
        meters.batchComputed(rows, tokens, paddedTokens, nanos);
    }

    @Override
    public void rerun(RerunCause cause) {
        meters.batchRerun(cause.name().toLowerCase(Locale.ROOT));
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
        meters.requestTimed(call.dialect(), failure.map(ServingMetrics::outcome).orElse("success"), call.nanos());
        if (failure.isEmpty()) {
            meters.requestSucceeded(call.nanos());
            call.computed().ifPresent(this::count);
        } else {
            count(failure.get());
        }
    }

    private void count(Computed computed) {
        meters.embedded(computed.texts(), computed.queueNanos());
        CacheCounts sources = computed.sources();
        meters.cacheUsed(sources.hits(), sources.shared(), sources.misses(), sources.bypassed());
    }

    private void count(FailureKind kind) {
        switch (kind) {
            case SATURATED,
                    DEADLINE_EXCEEDED,
                    NO_MODEL,
                    SHUTTING_DOWN,
                    SETTINGS_UNAVAILABLE,
                    COMPUTATION_FAILED,
                    INTERNAL_ERROR -> meters.requestFailed(outcome(kind));
            case UNKNOWN_PROMPT,
                    UNSUPPORTED_DIMENSIONS,
                    NO_TOKENS,
                    TOO_LONG,
                    FOREIGN_TOKEN_IDS,
                    UNKNOWN_MODEL,
                    SPACE_MISMATCH,
                    CANCELLED -> meters.requestRejected(outcome(kind));
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
