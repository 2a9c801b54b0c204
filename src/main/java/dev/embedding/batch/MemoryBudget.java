package dev.embedding.batch;

import java.time.Duration;

/**
 * Token limit of a batch after memory ran out: half of the tokens for which memory did not suffice. The shortage may be
 * temporary, so the limit doubles after a wait without failure; when memory runs out after that, the wait doubles
 * (exponential backoff, 1 to 16 minutes). Guarded by the lanes' lock.
 */
final class MemoryBudget {

    static final Duration INITIAL_WAIT = Duration.ofMinutes(1);
    static final Duration MAX_WAIT = Duration.ofMinutes(16);

    private long tokens = Integer.MAX_VALUE;
    private long changedNanos;
    private long waitNanos = INITIAL_WAIT.toNanos();
    private boolean hasGrown;

    /** Records that memory did not suffice for this number of tokens. */
    void outOfMemory(long computedTokens, long nowNanos) {
        if (hasGrown) {
            hasGrown = false;
            waitNanos = Math.min(2 * waitNanos, MAX_WAIT.toNanos());
        }
        tokens = Math.max(1, Math.min(tokens, computedTokens / 2));
        changedNanos = nowNanos;
    }

    int tokens(long nowNanos) {
        if (tokens < Integer.MAX_VALUE && nowNanos - changedNanos >= waitNanos) {
            tokens = Math.min(2 * tokens, Integer.MAX_VALUE);
            changedNanos = nowNanos;
            hasGrown = true;
        }
        return (int) tokens;
    }
}
