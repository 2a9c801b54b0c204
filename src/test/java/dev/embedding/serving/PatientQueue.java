package dev.embedding.serving;

import dev.embedding.batch.admission.WaitLimits;
import dev.embedding.serving.model.QueueLimits;
import java.time.Duration;

/** Queue limits that no test reaches. */
public final class PatientQueue {

    public static final QueueLimits LIMITS =
            new QueueLimits(new WaitLimits(Duration.ofMinutes(10), Duration.ofMinutes(10)), Duration.ofMinutes(10));

    private PatientQueue() {}
}
