package dev.embedding.batch;

import java.util.List;

/**
 * Values of one submission, in the order of its rows. Values of shared rows are the same objects in every result.
 *
 * @param sharedRows number of rows that were not computed, because an equal one was in flight or cached
 * @param queueNanos from submission until its first row's batch was cut
 * @param computeNanos from then until its last row was computed
 */
public record BatchResult<V>(List<V> values, int sharedRows, long queueNanos, long computeNanos) {}
