package dev.embedding.reload;

import dev.embedding.model.ModelDescription;
import java.util.OptionalLong;

/**
 * Memory that a model is estimated to need.
 *
 * @param name of the model
 */
record ModelMemory(String name, long bytes) {

    private static final long MIB = 1 << 20;

    static ModelMemory of(ModelDescription model) {
        return new ModelMemory(model.name(), model.sessionBytes());
    }

    /** @param freeBytes free memory; empty where it is unknown */
    boolean fitsInto(OptionalLong freeBytes) {
        return freeBytes.isEmpty() || freeBytes.getAsLong() >= bytes;
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
