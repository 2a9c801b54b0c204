package dev.embedding.batch.admission;

import java.time.Duration;

/**
 * Tokens that wait to be computed, those of admitted texts that are still being tokenized among them.
 *
 * @param interactiveTokens of interactive rows
 * @param batchTokens of batch rows
 * @param tokensPerSecond what is computed in a second, see {@link DrainRate}
 */
public record Backlog(long interactiveTokens, long batchTokens, double tokensPerSecond) {

    public long tokens() {
        return interactiveTokens + batchTokens;
    }

    public long tokens(Priority priority) {
        return priority == Priority.INTERACTIVE ? interactiveTokens : batchTokens;
    }

    /**
     * How long a row that comes now waits until it is its turn: the tokens that are served before it, its own class's and
     * what {@link FairShare} grants the other one meanwhile, ÷ the rate. Zero when nothing of its class waits.
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

    /** How long so many tokens take to compute. */
    public Duration timeFor(long tokens) {
        return Duration.ofMillis((long) Math.ceil(tokens * 1e3 / tokensPerSecond));
    }
}
