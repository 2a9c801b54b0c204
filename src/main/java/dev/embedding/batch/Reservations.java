package dev.embedding.batch;

import dev.embedding.batch.admission.Priority;
import java.util.EnumMap;
import java.util.Map;

/**
 * Places reserved in the queue for admitted submissions, whose tokens are estimates until their texts are tokenized.
 * Not thread-safe; guarded by the lanes' lock, as are its places: they are read and changed here only.
 */
final class Reservations {

    private final Map<Priority, Long> tokens = new EnumMap<>(Priority.class);
    private int open;

    /** Reserved place, which ends when its rows are submitted or it is released. */
    static final class Place {
        final Priority priority;
        private final long estimatedTokens;
        private boolean ended;
        private boolean released;

        private Place(Priority priority, long estimatedTokens) {
            this.priority = priority;
            this.estimatedTokens = estimatedTokens;
        }
    }

    Place reserve(Priority priority, long estimatedTokens) {
        tokens.merge(priority, estimatedTokens, Long::sum);
        open++;
        return new Place(priority, estimatedTokens);
    }

    /** Ends a place; false when it had ended already. */
    boolean end(Place place) {
        if (place.ended) {
            return false;
        }
        place.ended = true;
        tokens.merge(place.priority, -place.estimatedTokens, Long::sum);
        open--;
        return true;
    }

    /** Ends a place unused; has no effect when it had ended already. */
    void release(Place place) {
        place.released |= end(place);
    }

    /** Whether a place ended unused. */
    boolean isReleased(Place place) {
        return place.released;
    }

    long tokens(Priority priority) {
        return tokens.getOrDefault(priority, 0L);
    }

    boolean isEmpty() {
        return open == 0;
    }
}
