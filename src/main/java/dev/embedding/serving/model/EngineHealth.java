package dev.embedding.serving.model;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Health of a model's engine: healthy until a known text cannot be computed. Texts may fail for what they are, so
 * that failures alone prove nothing: after some of them in turn the engine is given a known text, and only when that
 * fails too it is broken. A run that had to be given up is proof enough. Broken is for good; a fresh model takes its
 * place.
 */
public final class EngineHealth {

    public static final int SUSPICIOUS = 3;

    private final AtomicInteger failuresInTurn = new AtomicInteger();
    private final CompletableFuture<String> broken = new CompletableFuture<>();

    void succeeded() {
        failuresInTurn.set(0);
    }

    /**
     * A run failed.
     *
     * @param knownTextSucceeds tries the engine, on the calling lane
     */
    void failed(BooleanSupplier knownTextSucceeds) {
        if (failuresInTurn.incrementAndGet() < SUSPICIOUS || broken.isDone()) {
            return;
        }
        if (knownTextSucceeds.getAsBoolean()) {
            succeeded();
        } else {
            breaks("The model failed " + SUSPICIOUS + " times in turn, and at a known text too");
        }
    }

    void breaks(String reason) {
        broken.complete(reason);
    }

    /** Why it is broken; empty while it is not. */
    Optional<String> fault() {
        return Optional.ofNullable(broken.getNow(null));
    }

    /** Completes with the reason when it breaks, on a lane's thread or the run watch's: what follows must not block. */
    CompletionStage<String> broken() {
        return broken;
    }
}
