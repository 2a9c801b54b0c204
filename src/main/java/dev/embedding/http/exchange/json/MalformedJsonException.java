package dev.embedding.http.exchange.json;

/** First fault of a body that is not JSON: its position and description. */
public final class MalformedJsonException extends RuntimeException {

    private final int position;
    private final String problem;

    /** @param position in characters (code points) from the body's beginning */
    MalformedJsonException(int position, String problem) {
        super(problem, null, false, false);
        this.position = position;
        this.problem = problem;
    }

    public int position() {
        return position;
    }

    public String problem() {
        return problem;
    }
}
