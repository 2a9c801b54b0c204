package dev.embedding.batch.admission;

/**
 * Weighted fair sharing of the lanes between the two classes while rows of both wait: interactive rows go first, but
 * batch rows get a fifth of the tokens.
 *
 * <p>Guarantees, over any period in which rows of both classes wait: batch rows get at least a fifth of the tokens,
 * less one interactive batch, and at most a fifth, plus one batch of theirs, where a lane may choose between the
 * classes. Beside other models this holds for a model's turns, in which it also pays back what its interactive rows got
 * before them ({@link FairQueue}). The age of a row has no influence. Not thread-safe; guarded by the lanes' lock.
 */
public final class FairShare {

    // Within one model, tokens are proportional to lane time; between models they are not: see FairQueue.

    /** Ratio of four to one, which is a fifth for the batch rows. */
    static final long INTERACTIVE_TOKENS_FOR_A_BATCH_TOKEN = 4;

    /**
     * Interactive tokens cut while batch rows waited, less four for each batch token cut while interactive rows waited.
     */
    private long owed;

    /** The class of the next batch while both wait. */
    public Priority next() {
        return owed > 0 ? Priority.BATCH : Priority.INTERACTIVE;
    }

    /**
     * Records that a batch was cut while rows of the other class wait.
     *
     * @param rows rows of the batch; each counts as at least one token, so that rows without tokens cannot starve
     *     others
     */
    public void cut(Priority priority, int rows, long tokens) {
        long cost = Math.max(rows, tokens);
        // INVARIANT: a batch cut for owed tokens lowers what is owed, so neither class is ever passed over for long.
        owed += priority == Priority.INTERACTIVE ? cost : -INTERACTIVE_TOKENS_FOR_A_BATCH_TOKEN * cost;
    }
}
