package dev.embedding.serving.model;

import dev.embedding.batch.admission.Backlog;
import dev.embedding.batch.admission.Priority;
import dev.embedding.batch.admission.WaitLimits;
import java.time.Duration;

/**
 * Wait limits and default timeout of requests.
 *
 * @param waits maximum expected wait of a request, by class; it is rejected when it would wait longer
 * @param requestTimeout minimum of the default timeout
 */
public record QueueLimits(WaitLimits waits, Duration requestTimeout) {

    /** Factor on the expected compute time of a request's own tokens in its default timeout. */
    private static final int OWN_TIME_FACTOR = 3;

    /** Default timeout of a request: the maximum wait plus the time of its own tokens at a third of the rate. */
    Duration timeout(Priority priority, long tokens, Backlog backlog) {
        Duration enough = waits.of(priority).plus(backlog.timeFor(OWN_TIME_FACTOR * tokens));
        return enough.compareTo(requestTimeout) > 0 ? enough : requestTimeout;
    }
}
