package dev.embedding.batch.admission;

/**
 * Choice of the class that the next batch is cut from while rows of both wait: interactive ones first, but batch rows
 * keep a fifth of the tokens that are computed meanwhile.
 *
 * <p>Guarantees, over any time in which rows of both classes wait: batch rows get at least a fifth of the tokens, less
 * one interactive batch; and what lanes are free to choose for them is at most a fifth, plus one batch of theirs. How old
 * a row is changes nothing. Not thread-safe; guarded by the lanes' lock.
 */
public final class FairShare {

    /** Four to one: a fifth for the batch rows. */
    static final long INTERACTIVE_TOKENS_FOR_A_BATCH_TOKEN = 4;

    /** Interactive tokens computed while batch rows waited, less four for each batch token while interactive ones did. */
    private long owed;

    /** The class that goes first while both wait. */
    public Priority next() {
        return owed > 0 ? Priority.BATCH : Priority.INTERACTIVE;
    }

    /**
     * A batch of a class is cut while rows of the other class wait.
     *
     * @param rows how many it has; a row counts as a token at least, so that rows without any cannot starve others
     */
    public void cut(Priority priority, int rows, long tokens) {
        long cost = Math.max(rows, tokens);
        // INVARIANT: a batch cut for owed tokens lowers what is owed, so neither class is ever passed over for long.
        owed += priority == Priority.INTERACTIVE ? cost : -INTERACTIVE_TOKENS_FOR_A_BATCH_TOKEN * cost;
    }
}
