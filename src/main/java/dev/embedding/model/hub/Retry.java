package dev.embedding.model.hub;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Tries again, a bounded number of times and after growing pauses, what failed for a reason that may pass by itself. */
final class Retry {

    /** Failures in a row after which there is no further try. */
    static final int ATTEMPTS = 5;

    /** A hub that asks for more is not waited for. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

    private static final Set<HubException.Kind> PASSING =
            EnumSet.of(HubException.Kind.UNREACHABLE, HubException.Kind.HUB_FAULT, HubException.Kind.RATE_LIMITED);
    private static final System.Logger LOG = System.getLogger(Retry.class.getName());

    /** Waits; another one than {@code Thread.sleep} in tests. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration duration) throws InterruptedException;
    }

    /** An operation that may fail with a {@link HubException}. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws InterruptedException;
    }

    private final Pause pause;

    Retry(Pause pause) {
        this.pause = pause;
    }

    <T> T call(int attempts, Attempt<T> attempt) throws InterruptedException {
        for (int failures = 1; ; failures++) {
            try {
                return attempt.run();
            } catch (HubException failure) {
                pauseOrGiveUp(failure, failures, attempts);
            }
        }
    }

    /**
     * Returns when it is time for the next try.
     *
     * @param failures in a row, this one among them
     * @throws HubException the failure, when there shall be no further try
     */
    void pauseOrGiveUp(HubException failure, int failures, int attempts) throws InterruptedException {
        Duration wait = Duration.ofSeconds(1L << Math.min(failures - 1, 5));
        if (failure.retryAfter().compareTo(wait) > 0) {
            wait = failure.retryAfter();
        }
        if (failures >= attempts || !PASSING.contains(failure.kind()) || wait.compareTo(LONGEST_PAUSE) > 0) {
            throw failure;
        }
        LOG.log(System.Logger.Level.INFO, "{0}; trying again in {1} s", failure.getMessage(), wait.toSeconds());
        pause.sleep(wait);
    }
}
