package dev.embedding.serving;

import dev.embedding.batch.admission.Priority;

/** Which class a request wants to be in. */
public enum PriorityChoice {
    /** Small ones are interactive. */
    BY_SIZE,
    /** Answered first. */
    INTERACTIVE,
    /** Takes what others leave, but a fifth at least. */
    BATCH;

    private static final int MAX_INTERACTIVE_TEXTS = 4;
    private static final int MAX_INTERACTIVE_TOKENS = 512;

    Priority of(int texts, long tokens) {
        return switch (this) {
            case INTERACTIVE -> Priority.INTERACTIVE;
            case BATCH -> Priority.BATCH;
            case BY_SIZE ->
                texts <= MAX_INTERACTIVE_TEXTS && tokens <= MAX_INTERACTIVE_TOKENS
                        ? Priority.INTERACTIVE
                        : Priority.BATCH;
        };
    }
}
