package dev.embedding.batch;

import java.util.List;

/** Computes one batch on the calling lane's thread, for example by running inference. */
@FunctionalInterface
public interface BatchFunction<P, V> {

    /**
     * Computes all rows of a batch together.
     *
     * @param rows the payloads, at least one
     * @param run the lane that computes the batch, and whether it has the machine to itself
     * @return one outcome per row, in the order of {@code rows}
     * @throws BatchOutOfMemoryException when memory did not suffice; the batch's halves are retried
     * @throws RuntimeException when the batch as a whole could not be computed; its rows are then retried one by one
     */
    List<RowOutcome<V>> compute(List<P> rows, BatchRun run);

    /**
     * Circumstances under which a batch is computed.
     *
     * @param lane number of the lane, from 0
     * @param alone true when nothing else was running or waiting when the batch was cut, so it may use all cores
     */
    record BatchRun(int lane, boolean alone) {}
}
