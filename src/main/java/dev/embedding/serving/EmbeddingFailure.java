package dev.embedding.serving;

import dev.embedding.batch.QueueFullException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Reason why texts could not be embedded. Each message is for the caller: what happened and what to do, nothing
 * internal.
 */
public abstract sealed class EmbeddingFailure extends RuntimeException {

    private static final int LONGEST_NAME = 100;

    private static final Map<Class<?>, String> OUTCOMES = Map.ofEntries(
            Map.entry(NoModel.class, "no_model"),
            Map.entry(Aborted.class, "shutting_down"),
            Map.entry(Saturated.class, "saturated"),
            Map.entry(DeadlineExceeded.class, "deadline_exceeded"),
            Map.entry(SpaceMismatch.class, "space_mismatch"),
            Map.entry(UnknownModel.class, "unknown_model"),
            Map.entry(UnknownPrompt.class, "unknown_prompt"),
            Map.entry(NoTokens.class, "no_tokens"),
            Map.entry(TooLong.class, "too_long"),
            Map.entry(ForeignTokenIds.class, "foreign_token_ids"),
            Map.entry(UnsupportedDimensions.class, "unsupported_dimensions"));

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

    /** Label of the meter that counts requests. */
    public String outcome() {
        return OUTCOMES.getOrDefault(getClass(), "failed");
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

    /** The service is shutting down, or the model was replaced, and the request did not get its turn in time. */
    public static final class Aborted extends EmbeddingFailure {
        public Aborted() {
            super("The request was aborted because the service is shutting down or replaces its model; send it again.");
        }
    }

    /** The caller went away; nobody reads this. */
    public static final class Cancelled extends EmbeddingFailure {
        public Cancelled() {
            super("The caller has gone.");
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

        static Saturated of(QueueFullException full) {
            return new Saturated(full.expectedWait(), full.retryAfter());
        }

        private static long seconds(Duration time) {
            return Math.max(1, time.plusMillis(999).toSeconds());
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The request's deadline expired. */
    public static final class DeadlineExceeded extends EmbeddingFailure {
        /**
         * @param timeout what it had
         * @param waited since the request came
         * @param queuedTokens that wait to be computed now
         */
        public DeadlineExceeded(Duration timeout, Duration waited, long queuedTokens) {
            super("The request was not completed within its " + timeout.toMillis() + " ms: it waited "
                    + waited.toMillis()
                    + " ms, and " + queuedTokens
                    + " tokens are in the queue. Send less at once, or allow more time with"
                    + " X-Request-Timeout-Ms.");
        }
    }

    /** The caller pinned another vector space than the one served. */
    public static final class SpaceMismatch extends EmbeddingFailure {
        public SpaceMismatch(String wanted, String served) {
            super("The vector space " + wanted + " was requested, but " + served + " is served.");
        }
    }

    /** The caller named another model than the one served. */
    public static final class UnknownModel extends EmbeddingFailure {
        public UnknownModel(String name, ModelNames names) {
            super("The model " + shortened(name) + " is not served here; use " + String.join(" or ", names.listed())
                    + ".");
        }
    }

    /** Part of a request. */
    public enum Part {
        INPUT,
        PROMPT_NAME,
        DIMENSIONS
    }

    /** A request that does not fit the model. */
    public abstract static sealed class Mismatch extends EmbeddingFailure {
        private final Part part;

        private Mismatch(Part part, String detail) {
            super(detail);
            this.part = part;
        }

        /** What of the request it is that does not fit. */
        public Part part() {
            return part;
        }
    }

    /** The requested prompt is not among the model's. */
    public static final class UnknownPrompt extends Mismatch {
        public UnknownPrompt(String name, Collection<String> known) {
            super(
                    Part.PROMPT_NAME,
                    "The model has no prompt named " + shortened(name) + "; it has " + String.join(", ", known) + ".");
        }
    }

    /** The model sees nothing of a text. */
    public static final class NoTokens extends Mismatch {
        public NoTokens(int index) {
            super(Part.INPUT, "Text at index " + index + " has nothing that the model's tokenizer keeps");
        }
    }

    /** Inputs are longer than the model takes, and the request does not allow truncation. */
    public static final class TooLong extends Mismatch {
        public TooLong(List<Integer> indices, int maxTokens) {
            super(
                    Part.INPUT,
                    "Input at index " + InputIndices.shown(indices) + " is longer than the " + maxTokens
                            + " tokens that the model takes; shorten it, or allow it to be cut.");
        }
    }

    /** Token ids that cannot be embedded as the caller means them. */
    public static final class ForeignTokenIds extends Mismatch {
        private static final String SEND_TEXT = " Send the text itself. LangChain's OpenAIEmbeddings sends ids of"
                + " cl100k_base by default: construct it with check_embedding_ctx_length=False.";

        private ForeignTokenIds(String detail) {
            super(Part.INPUT, detail + SEND_TEXT);
        }

        static ForeignTokenIds ofAnotherTokenizer(int index) {
            return new ForeignTokenIds("Token ids at index " + index
                    + " are not a whole encoding by the model's own tokenizer, special tokens included.");
        }

        static ForeignTokenIds unmarked() {
            return new ForeignTokenIds(
                    "The model's tokenizer puts no special tokens around a text, so its ids cannot be"
                            + " told from those of another tokenizer.");
        }

        static ForeignTokenIds withoutPrompt() {
            return new ForeignTokenIds(
                    "A prompt belongs in front of the text, which cannot be put in front of token ids.");
        }
    }

    /** The requested dimensions are not among those that vectors may be cut to. */
    public static final class UnsupportedDimensions extends Mismatch {
        public UnsupportedDimensions(int wanted, int whole, List<Integer> allowed) {
            super(
                    Part.DIMENSIONS,
                    "Vectors of " + wanted + " dimensions are not served: those of this model have " + whole
                            + (allowed.isEmpty()
                                    ? " and may not be cut (EMBEDDING_DIMENSIONS allows it)."
                                    : " and may be cut to "
                                            + String.join(
                                                    ", ",
                                                    allowed.stream()
                                                            .map(String::valueOf)
                                                            .toList())
                                            + "."));
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
