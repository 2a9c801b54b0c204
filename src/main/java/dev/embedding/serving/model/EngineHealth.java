package dev.embedding.serving.model;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Health state of a model's engine. Failures alone do not prove that the engine is broken, as a text itself may cause
 * them: after some consecutive failures the engine is probed with a known text, and is broken when that fails too. An
 * abandoned run marks it as broken at once. A broken engine stays broken, until the model is loaded again.
 */
public final class EngineHealth {

    public static final int FAILURES_BEFORE_PROBE = 3;

    private final AtomicInteger consecutiveFailures = new AtomicInteger();
    private final CompletableFuture<String> broken = new CompletableFuture<>();

    void succeeded() {
        consecutiveFailures.set(0);
    }

    /**
     * Records a failed run.
     *
     * @param knownTextSucceeds probes the engine with a known text, on the calling lane
     */
    void failed(BooleanSupplier knownTextSucceeds) {
        if (consecutiveFailures.incrementAndGet() < FAILURES_BEFORE_PROBE || broken.isDone()) {
            return;
        }
        if (knownTextSucceeds.getAsBoolean()) {
            succeeded();
        } else {
            markBroken("The model failed " + FAILURES_BEFORE_PROBE + " times in a row, and for a known text too");
        }
    }

    void markBroken(String reason) {
        broken.complete(reason);
    }

    /** Reason why the engine is broken; empty while it is not. */
    Optional<String> fault() {
        return Optional.ofNullable(broken.getNow(null));
    }

    /**
     * Completes with the reason when it breaks, on a thread of a lane or of the watchdog: dependents must not block.
     */
    CompletionStage<String> broken() {
        return broken;
    }
}
