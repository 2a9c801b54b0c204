/**
 * Numbers for admission and fairness: the classes of rows, the share of each class in the computed tokens and of each
 * model in the time of the lanes, the measured rate, and the expected wait that follows from them. Computes numbers only;
 * the batcher and the lanes enforce them.
 */
@NullMarked
package dev.embedding.batch.admission;

import org.jspecify.annotations.NullMarked;
