package dev.embedding.infer.architecture;

/**
 * Distances over which a token attends.
 *
 * @param back how many tokens before it
 * @param ahead how many tokens behind it
 */
record Reach(int back, int ahead) {

    private static final int UNLIMITED = Integer.MAX_VALUE;

    static final Reach ALL = new Reach(UNLIMITED, UNLIMITED);
    static final Reach CAUSAL = new Reach(UNLIMITED, 0);

    static Reach within(int distance) {
        return new Reach(distance, distance);
    }

    /** @param tokens how many a token sees, itself included */
    static Reach causalWithin(int tokens) {
        return new Reach(tokens - 1, 0);
    }

    boolean isAll() {
        return equals(ALL);
    }

    boolean limitsBack() {
        return back != UNLIMITED;
    }

    boolean limitsAhead() {
        return ahead != UNLIMITED;
    }

    /** Whether tokens behind a text, which are padding, may be seen. */
    boolean seesPadding() {
        return ahead > 0;
    }
}
