package dev.embedding.infer;

import dev.embedding.model.file.MappedFiles;

/** Weights that several sessions read: they are unmapped when the last one lets go of them. */
final class SharedWeights {

    private final MappedFiles weights;
    private int holders = 1;

    /** The caller is the first holder. */
    SharedWeights(MappedFiles weights) {
        this.weights = weights;
    }

    synchronized MappedFiles retain() {
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
