package dev.embedding.batch.admission;

import java.time.Duration;

/**
 * Tokens that wait to be computed, including estimates for admitted texts that are still being tokenized.
 *
 * @param interactiveTokens tokens of interactive rows
 * @param batchTokens tokens of batch rows
 * @param tokensPerSecond rate of all lanes together, see {@link DrainRate}
 */
public record Backlog(long interactiveTokens, long batchTokens, double tokensPerSecond) {

    public long tokens() {
        return interactiveTokens + batchTokens;
    }

    public long tokens(Priority priority) {
        return priority == Priority.INTERACTIVE ? interactiveTokens : batchTokens;
    }

    /**
     * Expected wait of a new row: the tokens that are computed before it (those of its own class, and those that {@link
     * FairShare} grants the other class meanwhile) ÷ the rate. Zero when nothing of its class waits.
     */
    public Duration expectedWait(Priority priority) {
        long ahead =
                switch (priority) {
                    case INTERACTIVE ->
                        interactiveTokens
                                + Math.min(
                                        batchTokens,
                                        interactiveTokens / FairShare.INTERACTIVE_TOKENS_FOR_A_BATCH_TOKEN);
                    case BATCH ->
                        batchTokens
                                + Math.min(
                                        interactiveTokens,
                                        batchTokens * FairShare.INTERACTIVE_TOKENS_FOR_A_BATCH_TOKEN);
                };
        return timeFor(ahead);
    }

    /** Time to compute this number of tokens at the current rate. */
    public Duration timeFor(long tokens) {
        return Duration.ofMillis((long) Math.ceil(tokens * 1e3 / tokensPerSecond));
    }
}
