package dev.embedding.reload;

/** Listener that is told what is served, on the thread that loads models. */
public interface ServingListener {

    /** A model starts to be served, or starts to be served in another way. */
    void served(ServedModel model);

    /** No model is served under an id any more. */
    void removed(RemovedModel model);
}
