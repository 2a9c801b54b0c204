package dev.embedding.reload;

import dev.embedding.model.ModelDescription;

/**
 * Memory that a model is estimated to need.
 *
 * @param name of the model
 */
record ModelMemory(String name, long bytes) {

    private static final long MIB = 1 << 20;

    /** Estimated memory of a session for each byte of weights. */
    private static final double BYTES_PER_WEIGHT_BYTE = 1.5;

    /** The same where the weights are quantized first: they are read beside a session. */
    private static final double BYTES_PER_QUANTIZED_WEIGHT_BYTE = 2.5;

    private static final long FIXED_BYTES = 100 * MIB;

    static ModelMemory of(ModelDescription model) {
        double factor = model.quantization().isPresent() ? BYTES_PER_QUANTIZED_WEIGHT_BYTE : BYTES_PER_WEIGHT_BYTE;
        return new ModelMemory(model.name(), (long) (model.weightBytes() * factor) + FIXED_BYTES);
    }

    /**
     * Sentence for operators.
     *
     * @param beside whether another model runs
     */
    String shortage(long freeBytes, boolean beside) {
        return "Model " + name + " needs about " + bytes / MIB + " MB of memory"
                + (beside ? " beside the running model" : "") + ", and " + freeBytes / MIB + " MB are free"
                + (beside ? "; EMBEDDING_RELOAD_MODE=drain-first replaces the running model before" : "");
    }
}
