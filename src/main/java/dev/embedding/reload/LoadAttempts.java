package dev.embedding.reload;

import dev.embedding.settings.ModelSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Failed attempts to serve models with their settings, and when each is tried again: after delays that grow, by model, so
 * that one that fails keeps no other from being loaded. Not thread-safe.
 */
final class LoadAttempts {

    private final LongSupplier clock;
    private final Map<String, Failure> failures = new HashMap<>();

    /** @param clock monotonic nanoseconds */
    LoadAttempts(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Last failure of a model.
     *
     * @param wanted settings with which it failed
     * @param isHarmful whether each attempt closes the running model, so that none is made before the settings change
     */
    private record Failure(ModelSettings wanted, Backoff backoff, long dueNanos, boolean isHarmful) {

        boolean isDue(long now) {
            return !isHarmful && now - dueNanos >= 0;
        }
    }

    /** Whether a model may be tried now. */
    boolean isDue(String id, ModelSettings wanted) {
        Failure failure = failures.get(id);
        return failure == null || !failure.wanted.equals(wanted) || failure.isDue(clock.getAsLong());
    }

    /** Notes a failure; returns the time until the next attempt, empty where it would do harm. */
    Optional<Duration> failed(String id, ModelSettings wanted, boolean isHarmful) {
        Failure last = failures.get(id);
        Backoff backoff = last != null && last.wanted.equals(wanted) ? last.backoff : new Backoff();
        Duration delay = backoff.next();
        failures.put(id, new Failure(wanted, backoff, clock.getAsLong() + delay.toNanos(), isHarmful));
        return isHarmful ? Optional.empty() : Optional.of(delay);
    }

    /** Makes no attempt for a model before this time has passed. */
    void postpone(String id, ModelSettings wanted, Duration delay) {
        failures.put(id, new Failure(wanted, new Backoff(), clock.getAsLong() + delay.toNanos(), false));
    }

    void succeeded(String id) {
        failures.remove(id);
    }

    /** Forgets models that are not wanted any more. */
    void retain(Set<String> wanted) {
        failures.keySet().retainAll(wanted);
    }

    /** Tries all models again at once, except where that does harm. */
    void tryAgain() {
        failures.values().removeIf(failure -> !failure.isHarmful);
    }

    /** Time until a model is tried again; empty when none is to be. */
    Optional<Duration> untilNext() {
        long now = clock.getAsLong();
        return failures.values().stream()
                .filter(failure -> !failure.isHarmful)
                .map(failure -> Duration.ofNanos(Math.max(0, failure.dueNanos - now)))
                .min(Duration::compareTo);
    }
}
