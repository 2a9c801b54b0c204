/**
 * Admission, the bounded queue, and the forming of batches: late, of like length, within a token budget. Knows rows and
 * their lengths, not models.
 */
@NullMarked
package dev.embedding.batch;

import org.jspecify.annotations.NullMarked;
