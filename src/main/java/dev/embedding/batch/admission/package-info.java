/**
 * Numbers for admission: the classes of rows, the share of each class in the computed tokens, the measured rate, and
 * the expected wait that follows from them. Computes numbers only; the batcher enforces them.
 */
@NullMarked
package dev.embedding.batch.admission;

import org.jspecify.annotations.NullMarked;
