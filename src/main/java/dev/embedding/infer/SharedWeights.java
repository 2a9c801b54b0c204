package dev.embedding.infer;

import dev.embedding.model.file.ModelWeights;

/** Weights that several sessions read: they are unmapped when the last one lets go of them. */
final class SharedWeights {

    private final ModelWeights weights;
    private int holders = 1;

    /** The caller is the first holder. */
    SharedWeights(ModelWeights weights) {
        this.weights = weights;
    }

    synchronized ModelWeights retain() {
        if (holders == 0) {
            throw new IllegalStateException("The weights are closed");
        }
        holders++;
        return weights;
    }

    synchronized void release() {
        holders--;
        if (holders == 0) {
            weights.close();
        }
    }
}
