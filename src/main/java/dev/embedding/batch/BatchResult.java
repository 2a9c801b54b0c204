package dev.embedding.batch;

import java.util.List;

/**
 * The values of one submission, in the order of its rows.
 *
 * @param queueNanos from submission until its first row's batch was cut
 * @param computeNanos from then until its last row was computed
 */
public record BatchResult<V>(List<V> values, long queueNanos, long computeNanos) {}
