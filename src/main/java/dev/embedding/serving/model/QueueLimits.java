package dev.embedding.serving.model;

import dev.embedding.batch.admission.Backlog;
import dev.embedding.batch.admission.Priority;
import dev.embedding.batch.admission.WaitLimits;
import java.time.Duration;

/**
 * Limits of the time that requests wait.
 *
 * @param interactiveWait an interactive request that would wait longer is refused
 * @param batchWait likewise, of the batch class
 * @param requestTimeout least deadline of a request that names none
 */
public record QueueLimits(Duration interactiveWait, Duration batchWait, Duration requestTimeout) {

    /** Of its own tokens' time a request without a deadline gets so much. */
    private static final int TIMES_OWN = 3;

    WaitLimits waits() {
        return new WaitLimits(interactiveWait, batchWait);
    }

    /** The time of a request that names none: enough for the longest wait and for its own tokens at a third of the rate. */
    Duration timeout(Priority priority, long tokens, Backlog backlog) {
        Duration enough = waits().of(priority).plus(backlog.timeFor(TIMES_OWN * tokens));
        return enough.compareTo(requestTimeout) > 0 ? enough : requestTimeout;
    }
}
