package dev.embedding.batch;

import java.util.List;

/**
 * The values of one submission, in the order of its rows. Where rows were shared, the same objects go to others too.
 *
 * @param sharedRows how many rows were not computed, as an equal one was on its way or remembered
 * @param queueNanos from submission until its first row's batch was cut
 * @param computeNanos from then until its last row was computed
 */
public record BatchResult<V>(List<V> values, int sharedRows, long queueNanos, long computeNanos) {}
