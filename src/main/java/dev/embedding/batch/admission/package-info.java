/**
 * Figures of admission and fair sharing: priority classes, their shares of the computed tokens, the measured rate, and
 * the wait that is expected from them. Computes numbers only; the batcher enforces them.
 */
@NullMarked
package dev.embedding.batch.admission;

import org.jspecify.annotations.NullMarked;
