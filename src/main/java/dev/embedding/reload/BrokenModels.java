package dev.embedding.reload;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Delays before a model that broke is replaced by a fresh one, by model. Not thread-safe. */
final class BrokenModels {

    /** A fresh model that served as long did not break for the reason that the one before broke for. */
    private static final Duration LASTING = Duration.ofMinutes(10);

    private final LongSupplier clock;
    private final Map<String, History> models = new HashMap<>();

    /** @param clock monotonic nanoseconds */
    BrokenModels(LongSupplier clock) {
        this.clock = clock;
    }

    private static final class History {
        final Backoff backoff = new Backoff();
        Optional<Long> replacedNanos = Optional.empty();
        boolean isBroken;
    }

    /** Time after which a model that broke is to be replaced; empty when it was asked for already. */
    Optional<Duration> delay(String id) {
        History history = models.computeIfAbsent(id, added -> new History());
        if (history.isBroken) {
            return Optional.empty();
        }
        history.isBroken = true;
        boolean brokeAgain = history.replacedNanos
                .filter(nanos -> clock.getAsLong() - nanos < LASTING.toNanos())
                .isPresent();
        if (!brokeAgain) {
            history.backoff.reset();
            return Optional.of(Duration.ZERO);
        }
        return Optional.of(history.backoff.next());
    }

    /** A fresh model is served; nothing is noted for one that was not broken. */
    void replaced(String id) {
        History history = models.get(id);
        if (history != null && history.isBroken) {
            history.isBroken = false;
            history.replacedNanos = Optional.of(clock.getAsLong());
        }
    }
}
