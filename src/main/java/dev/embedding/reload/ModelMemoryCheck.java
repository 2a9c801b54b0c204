package dev.embedding.reload;

import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import io.quarkus.runtime.configuration.MemorySize;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Checks, before a model is loaded, that enough memory is available for it. */
final class ModelMemoryCheck {

    private static final long MIB = 1 << 20;
    /** Estimated memory of a session for each byte of weights. */
    private static final double BYTES_PER_WEIGHT_BYTE = 1.5;

    /** The same where the weights are quantized first: they are read beside a session. */
    private static final double BYTES_PER_QUANTIZED_WEIGHT_BYTE = 2.5;

    private static final long FIXED_BYTES = 100 * MIB;

    private final Supplier<OptionalLong> free;
    private final Optional<MemorySize> maxWeightBytes;

    /**
     * @param free free memory in bytes; empty where it is unknown
     * @param maxWeightBytes maximum size of the weights
     */
    ModelMemoryCheck(Supplier<OptionalLong> free, Optional<MemorySize> maxWeightBytes) {
        this.free = free;
        this.maxWeightBytes = maxWeightBytes;
    }

    /** @throws ModelUnavailableException when its weights are larger than the operator allows */
    void requireAllowed(ModelDescription model) {
        long weights = model.weightBytes();
        maxWeightBytes
                .map(MemorySize::asLongValue)
                .filter(limit -> weights > limit)
                .ifPresent(limit -> {
                    throw new ModelUnavailableException(String.format(
                            Locale.ROOT,
                            "Model %s has %,d bytes of weights, and EMBEDDING_MAX_MODEL_SIZE allows %,d",
                            model.name(),
                            weights,
                            limit));
                });
    }

    /** Whether there is enough memory for another model. */
    boolean isFree(ModelDescription model) {
        OptionalLong bytes = free.get();
        return bytes.isEmpty() || bytes.getAsLong() >= requiredBytes(model);
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
        if (bytes.isPresent() && bytes.getAsLong() < requiredBytes(model)) {
            throw new ModelUnavailableException("Model " + model.name() + " needs about " + requiredBytes(model) / MIB
                    + " MB of memory" + beside + ", and " + bytes.getAsLong() / MIB + " MB are free" + advice);
        }
    }

    private static long requiredBytes(ModelDescription model) {
        double factor = model.quantization().isPresent() ? BYTES_PER_QUANTIZED_WEIGHT_BYTE : BYTES_PER_WEIGHT_BYTE;
        return (long) (model.weightBytes() * factor) + FIXED_BYTES;
    }
}
