package dev.embedding.reload;

import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import io.quarkus.runtime.configuration.MemorySize;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Checks before a load whether the model may have the memory that it needs. */
final class ModelMemoryCheck {

    private static final long MIB = 1 << 20;
    /** A session's memory for each byte of weights, and what it takes besides. */
    private static final double OF_WEIGHTS = 1.5;

    /** The same where a quantized model is made of them: they are read beside a session. */
    private static final double OF_QUANTIZED_WEIGHTS = 2.5;

    private static final long BESIDES = 100 * MIB;

    private final Supplier<OptionalLong> free;
    private final Optional<MemorySize> largest;

    /**
     * @param free bytes; empty where the system does not say
     * @param largest most bytes of weights
     */
    ModelMemoryCheck(Supplier<OptionalLong> free, Optional<MemorySize> largest) {
        this.free = free;
        this.largest = largest;
    }

    /** @throws ModelUnavailableException when its weights are larger than the operator allows */
    void requireAllowed(ModelDescription model) {
        long weights = model.weightBytes();
        largest.map(MemorySize::asLongValue).filter(limit -> weights > limit).ifPresent(limit -> {
            throw new ModelUnavailableException(String.format(
                    Locale.ROOT,
                    "Model %s has %,d bytes of weights, and EMBEDDING_MAX_MODEL_SIZE allows %,d",
                    model.name(),
                    weights,
                    limit));
        });
    }

    /** Whether there is memory for a further model. */
    boolean isFree(ModelDescription model) {
        OptionalLong bytes = free.get();
        return bytes.isEmpty() || bytes.getAsLong() >= needed(model);
    }

    /** @throws ModelUnavailableException when there is not enough memory for the only model */
    void requireFree(ModelDescription model) {
        require(model, "", "");
    }

    /** @throws ModelUnavailableException when there is not enough memory for another model */
    void requireFreeBeside(ModelDescription model) {
        require(
                model,
                " beside the running model",
                "; EMBEDDING_RELOAD_MODE=drain-first replaces the running model before");
    }

    private void require(ModelDescription model, String beside, String advice) {
        OptionalLong bytes = free.get();
        if (bytes.isPresent() && bytes.getAsLong() < needed(model)) {
            throw new ModelUnavailableException("Model " + model.name() + " needs about " + needed(model) / MIB
                    + " MB of memory" + beside + ", and " + bytes.getAsLong() / MIB + " MB are free" + advice);
        }
    }

    private static long needed(ModelDescription model) {
        double share = model.quantization().isPresent() ? OF_QUANTIZED_WEIGHTS : OF_WEIGHTS;
        return (long) (model.weightBytes() * share) + BESIDES;
    }
}
