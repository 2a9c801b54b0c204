package dev.embedding.serving;

import dev.embedding.batch.admission.Priority;
import dev.embedding.support.WorkerPools;
import java.util.EnumSet;
import java.util.Set;

/** Requested priority class. */
public enum PriorityChoice {
    /** Small requests are interactive, others batch. */
    BY_SIZE,
    /** Goes first. */
    INTERACTIVE,
    /** Uses the remaining capacity, at least a fifth. */
    BATCH;

    private static final int MAX_INTERACTIVE_TEXTS = 4;
    private static final int MAX_INTERACTIVE_TOKENS = 512;

    /** The possible classes. */
    Set<Priority> classes() {
        return switch (this) {
            case BY_SIZE -> EnumSet.allOf(Priority.class);
            case INTERACTIVE -> EnumSet.of(Priority.INTERACTIVE);
            case BATCH -> EnumSet.of(Priority.BATCH);
        };
    }

    /**
     * Class of a request.
     *
     * @param tokens estimated number of tokens
     * @param bytes size of the texts, before truncation
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
