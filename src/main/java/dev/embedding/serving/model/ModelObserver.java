package dev.embedding.serving.model;

import dev.embedding.batch.BatchObserver;
import java.util.Optional;
import java.util.function.Supplier;

/** Listener for the computed batches of all models. */
@FunctionalInterface
public interface ModelObserver {

    /**
     * Listener for the batches of one model.
     *
     * @param servedAs id under which the model is served at the moment; empty before it is served
     */
    BatchObserver batchesOf(Supplier<Optional<String>> servedAs);
}
