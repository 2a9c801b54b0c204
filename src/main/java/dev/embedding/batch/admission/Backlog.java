package dev.embedding.batch.admission;

import java.time.Duration;

/**
 * Tokens of a batcher that wait to be computed, including estimates for admitted texts that are still being tokenized.
 *
 * @param interactiveTokens tokens of interactive rows
 * @param batchTokens tokens of batch rows
 * @param laneTime time that they take
 */
public record Backlog(long interactiveTokens, long batchTokens, LaneTime laneTime) {

    public long tokens() {
        return interactiveTokens + batchTokens;
    }

    public long tokens(Priority priority) {
        return priority == Priority.INTERACTIVE ? interactiveTokens : batchTokens;
    }

    /**
     * Expected wait of a new row: the time of the tokens that are computed before it, which are those of its own class
     * and those that {@link FairShare} grants the other class meanwhile. Zero when nothing of its class waits.
     */
    public Duration expectedWait(Priority priority) {
        return switch (priority) {
            case INTERACTIVE ->
                ofMillis(laneTime.interactiveMillis(interactiveTokens
                        + Math.min(batchTokens, interactiveTokens / FairShare.INTERACTIVE_TOKENS_FOR_A_BATCH_TOKEN)));
            case BATCH ->
                timeFor(batchTokens
                        + Math.min(interactiveTokens, batchTokens * FairShare.INTERACTIVE_TOKENS_FOR_A_BATCH_TOKEN));
        };
    }

    /** Expected time until this number of the batcher's tokens is computed, at the current rate. */
    public Duration timeFor(long tokens) {
        return ofMillis(laneTime.millis(tokens));
    }

    private static Duration ofMillis(double millis) {
        return Duration.ofMillis((long) Math.ceil(millis));
    }
}
