package dev.embedding.serving;

import java.time.Duration;
import java.util.Collection;

/** Why texts got no vectors. Each message is for the caller: what happened and what to do, nothing internal. */
public abstract sealed class EmbeddingFailure extends RuntimeException {

    private static final int LONGEST_NAME = 100;

    private final String detail;

    /** Without a stack trace, which nobody reads: there may be thousands a second under overload. */
    private EmbeddingFailure(String detail) {
        super(detail, null, false, false);
        this.detail = detail;
    }

    private EmbeddingFailure(String detail, Throwable cause) {
        super(detail, cause);
        this.detail = detail;
    }

    /** For the caller, in a sentence. */
    public String detail() {
        return detail;
    }

    /** No model is loaded (yet, or any more). */
    public static final class NoModel extends EmbeddingFailure {
        public NoModel() {
            super("No model is loaded; /health says why. Try again later.");
        }
    }

    /** The service is ending, or the model was replaced, and the request did not get its turn in time. */
    public static final class GivenUp extends EmbeddingFailure {
        public GivenUp() {
            super("The request was given up, because the service is ending or changes its model; send it again.");
        }
    }

    /** Too much is waiting already. */
    public static final class Saturated extends EmbeddingFailure {
        private final Duration retryAfter;

        /** @param retryAfter when there will be room again, at the measured rate */
        public Saturated(Duration expectedWait, Duration retryAfter) {
            super("Too many texts are waiting: this request would wait about " + seconds(expectedWait)
                    + " s. Try again in " + seconds(retryAfter) + " s, or send less at once.");
            this.retryAfter = retryAfter;
        }

        private static long seconds(Duration time) {
            return Math.max(1, time.plusMillis(999).toSeconds());
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The caller's time is over. */
    public static final class DeadlinePassed extends EmbeddingFailure {
        /**
         * @param timeout what it had
         * @param waited since the request came
         * @param queuedTokens that wait to be computed now
         */
        public DeadlinePassed(Duration timeout, Duration waited, long queuedTokens) {
            super("The request was not answered within its " + timeout.toMillis() + " ms: it waited "
                    + waited.toMillis()
                    + " ms, and " + queuedTokens
                    + " tokens are in the queue. Send less at once, or allow more time with"
                    + " X-Request-Timeout-Ms.");
        }
    }

    /** The caller pinned another vector space than the one served. */
    public static final class OtherSpace extends EmbeddingFailure {
        public OtherSpace(String wanted, String served) {
            super("The vector space " + wanted + " was asked for, but " + served + " is served.");
        }
    }

    /** The caller asked for a prompt that the model does not have. */
    public static final class NoSuchPrompt extends EmbeddingFailure {
        public NoSuchPrompt(String name, Collection<String> known) {
            super("The model has no prompt named " + shortened(name) + "; it has " + String.join(", ", known) + ".");
        }
    }

    /** The model sees nothing of a text. */
    public static final class NoTokens extends EmbeddingFailure {
        public NoTokens(int index) {
            super("Text at index " + index + " has nothing that the model's tokenizer keeps");
        }
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
    }

    /** The engine could not compute the texts. */
    public static final class ComputationFailed extends EmbeddingFailure {
        public ComputationFailed(Throwable cause) {
            super("The model could not compute these texts.", cause);
        }

        /** @param index which of the request's texts, from 0 */
        public ComputationFailed(int index, Throwable cause) {
            super(
                    "The model could not compute the text with the index " + index
                            + "; the others may be sent again without it.",
                    cause);
        }
    }
}
