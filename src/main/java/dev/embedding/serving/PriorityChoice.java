package dev.embedding.serving;

import dev.embedding.batch.admission.Priority;
import dev.embedding.support.WorkerPools;
import java.util.EnumSet;
import java.util.Set;

/** Priority class that a request chooses. */
public enum PriorityChoice {
    /** Small ones are interactive. */
    BY_SIZE,
    /** Answered first. */
    INTERACTIVE,
    /** Takes what others leave, but a fifth at least. */
    BATCH;

    private static final int MAX_INTERACTIVE_TEXTS = 4;
    private static final int MAX_INTERACTIVE_TOKENS = 512;

    /** Those that a request may be in. */
    Set<Priority> classes() {
        return switch (this) {
            case BY_SIZE -> EnumSet.allOf(Priority.class);
            case INTERACTIVE -> EnumSet.of(Priority.INTERACTIVE);
            case BATCH -> EnumSet.of(Priority.BATCH);
        };
    }

    /**
     * @param tokens that the model will see, about
     * @param bytes of the texts, of which it may see a part only
     */
    Priority of(int texts, long tokens, long bytes) {
        return switch (this) {
            case INTERACTIVE -> Priority.INTERACTIVE;
            case BATCH -> Priority.BATCH;
            case BY_SIZE ->
                texts <= MAX_INTERACTIVE_TEXTS && tokens <= MAX_INTERACTIVE_TOKENS && WorkerPools.isSmall(bytes)
                        ? Priority.INTERACTIVE
                        : Priority.BATCH;
        };
    }
}
