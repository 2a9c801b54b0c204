package dev.embedding.model.hub;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Retries requests after transient failures, a limited number of times with exponential backoff. */
final class Retry {

    /** Failures in a row after which there is no further retry. */
    static final int ATTEMPTS = 5;

    /** The longest pause; a request whose hub demands more is not retried. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

    private static final Set<HubException.Kind> TRANSIENT =
            EnumSet.of(HubException.Kind.UNREACHABLE, HubException.Kind.HUB_FAULT, HubException.Kind.RATE_LIMITED);
    private static final System.Logger LOG = System.getLogger(Retry.class.getName());

    /** Pauses before a retry; tests replace {@code Thread.sleep}. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration duration) throws InterruptedException;
    }

    /** A request that may fail with a {@link HubException}. */
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
                pauseOrThrow(failure, failures, attempts);
            }
        }
    }

    /**
     * Returns when it is time for the next retry.
     *
     * @param failures number of failures in a row, this one included
     * @throws HubException the failure, when there is no further retry
     */
    void pauseOrThrow(HubException failure, int failures, int attempts) throws InterruptedException {
        Duration wait = Duration.ofSeconds(1L << Math.min(failures - 1, 5));
        if (failure.retryAfter().compareTo(wait) > 0) {
            wait = failure.retryAfter();
        }
        if (failures >= attempts || !TRANSIENT.contains(failure.kind()) || wait.compareTo(LONGEST_PAUSE) > 0) {
            throw failure;
        }
        LOG.log(System.Logger.Level.INFO, "{0}; retrying in {1} s", failure.getMessage(), wait.toSeconds());
        pause.sleep(wait);
    }
}
