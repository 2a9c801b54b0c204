/**
 * Who goes first and for how long the others wait: the classes of rows, the share that each keeps of the computed tokens,
 * the measured rate, and the wait that follows from them. Computes numbers only; the batcher enforces them.
 */
@NullMarked
package dev.embedding.batch.admission;

import org.jspecify.annotations.NullMarked;
