package dev.embedding.reload;

import dev.embedding.serving.model.LoadedModel;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Second sessions of the served models, which lone requests run on: one takes as much memory as the model itself, so it is
 * allowed only where that is free, and not while a model is loaded that needs it. Not thread-safe.
 *
 * @param <M> type of the models
 */
final class WideRuns<M> {

    private final Supplier<OptionalLong> freeMemory;
    private final ToLongFunction<M> bytes;
    private final BiConsumer<M, Boolean> allow;
    /** What was decided for each model. */
    private final Map<M, Boolean> allowed = new HashMap<>();

    /**
     * @param freeMemory in bytes; empty where it is unknown
     * @param bytes memory of a model's second session
     * @param allow allows a model its second session, or closes it
     */
    WideRuns(Supplier<OptionalLong> freeMemory, ToLongFunction<M> bytes, BiConsumer<M, Boolean> allow) {
        this.freeMemory = freeMemory;
        this.bytes = bytes;
        this.allow = allow;
    }

    static WideRuns<LoadedModel> ofModels(Supplier<OptionalLong> freeMemory) {
        return new WideRuns<>(
                freeMemory,
                model -> ModelMemory.of(model.description()).bytes(),
                (model, allowed) -> model.allowWideRuns(allowed));
    }

    /** Free memory that no second session may take; empty where it is unknown. */
    OptionalLong unreservedMemory() {
        OptionalLong free = freeMemory.get();
        return free.isEmpty() ? free : OptionalLong.of(Math.max(0, free.getAsLong() - reserved()));
    }

    /** Memory of the second sessions that are allowed, whether they are open or not. */
    private long reserved() {
        return allowed.entrySet().stream()
                .filter(Map.Entry::getValue)
                .mapToLong(model -> bytes.applyAsLong(model.getKey()))
                .sum();
    }

    /** Closes the second sessions, whose memory is free then. */
    void forbid() {
        allowed.keySet().forEach(model -> allow.accept(model, false));
        allowed.clear();
    }

    /** Decides for the models for which nothing is decided, in order. */
    void allow(Collection<M> models) {
        allowed.keySet().retainAll(models);
        for (M model : models) {
            if (!allowed.containsKey(model)) {
                OptionalLong free = unreservedMemory();
                boolean fits = free.isEmpty() || free.getAsLong() >= bytes.applyAsLong(model);
                allow.accept(model, fits);
                allowed.put(model, fits);
            }
        }
    }
}
