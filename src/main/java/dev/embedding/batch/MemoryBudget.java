package dev.embedding.batch;

import java.time.Duration;

/**
 * Number of tokens that a run may compute as far as memory is known to suffice: half of what did not suffice last.
 * What took the memory may be gone later, so the budget doubles after a while without a failure; where that fails
 * again, the while doubles too. Guarded by the lanes' lock.
 */
final class MemoryBudget {

    static final Duration FIRST_WAIT = Duration.ofMinutes(1);
    static final Duration LONGEST_WAIT = Duration.ofMinutes(16);

    private long tokens = Integer.MAX_VALUE;
    private long changedNanos;
    private long waitNanos = FIRST_WAIT.toNanos();
    private boolean hasGrown;

    /** Memory did not suffice for so many tokens. */
    void didNotSuffice(long computedTokens, long nowNanos) {
        if (hasGrown) {
            hasGrown = false;
            waitNanos = Math.min(2 * waitNanos, LONGEST_WAIT.toNanos());
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
