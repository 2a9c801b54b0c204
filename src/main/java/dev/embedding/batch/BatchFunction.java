package dev.embedding.batch;

import java.util.List;

/** Computes one batch on the calling lane's thread. */
@FunctionalInterface
public interface BatchFunction<P, V> {

    /**
     * Computes all rows of a batch together.
     *
     * @param rows the payloads, at least one
     * @param run where and under which circumstances the batch runs
     * @return one outcome a row, in the order of {@code rows}
     * @throws BatchOutOfMemoryException when memory did not suffice; the batch's halves are tried
     * @throws RuntimeException when the batch as a whole could not be computed; its rows are then tried one by one
     */
    List<RowOutcome<V>> compute(List<P> rows, BatchRun run);

    /**
     * @param lane number of the lane, from 0
     * @param alone true when nothing else was running or waiting as the batch was cut, so all cores are free for it
     */
    record BatchRun(int lane, boolean alone) {}
}
