package dev.embedding.batch;

/** Reports that a submission was not started and must be submitted to the batcher of the new model. */
public final class MovedException extends RuntimeException {

    MovedException() {
        super("The batcher was handed over; submit the rows to the new one");
    }
}
