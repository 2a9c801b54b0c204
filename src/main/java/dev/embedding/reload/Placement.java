package dev.embedding.reload;

import dev.embedding.model.ModelDescription;
import io.quarkus.runtime.configuration.MemorySize;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Place in memory of a model that is to be loaded, decided before anything is read. */
sealed interface Placement {

    /** There is memory for it beside everything that runs. */
    record Beside() implements Placement {}

    /** There is memory for it only once the running model is closed. */
    record AfterClosing() implements Placement {}

    /**
     * The model may not be loaded.
     *
     * @param reason a sentence for operators
     */
    record Refused(String reason) implements Placement {}

    /** Model that runs where the other one will be served. */
    enum Predecessor {
        NONE,
        WORKING,
        /** Nothing is lost by closing it. */
        BROKEN
    }

    /**
     * Limits that the operator sets.
     *
     * @param mode behaviour where two models do not fit into memory
     * @param maxWeightBytes maximum size of the weights
     */
    record Policy(ReloadConfig.Mode mode, Optional<MemorySize> maxWeightBytes) {}

    /**
     * A pure function.
     *
     * @param freeBytes free memory; empty where it is unknown
     */
    static Placement of(ModelDescription model, Predecessor predecessor, OptionalLong freeBytes, Policy policy) {
        Optional<String> tooLarge = policy.maxWeightBytes()
                .map(MemorySize::asLongValue)
                .filter(limit -> model.weightBytes() > limit)
                .map(limit -> String.format(
                        Locale.ROOT,
                        "Model %s has %,d bytes of weights, and EMBEDDING_MAX_MODEL_SIZE allows %,d",
                        model.name(),
                        model.weightBytes(),
                        limit));
        if (tooLarge.isPresent()) {
            return new Refused(tooLarge.get());
        }
        ModelMemory needed = ModelMemory.of(model);
        if (needed.fitsInto(freeBytes)) {
            return new Beside();
        }
        boolean mayClose =
                switch (predecessor) {
                    case NONE -> false;
                    case WORKING -> policy.mode() == ReloadConfig.Mode.DRAIN_FIRST;
                    case BROKEN -> true;
                };
        return mayClose
                ? new AfterClosing()
                : new Refused(needed.shortage(freeBytes.getAsLong(), predecessor != Predecessor.NONE));
    }
}
