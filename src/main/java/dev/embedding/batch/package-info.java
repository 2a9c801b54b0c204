/**
 * Dynamic batching: admission, the bounded queue, and batches that are formed late, of like length, within a token
 * budget. Has rows and their lengths, no models.
 */
@NullMarked
package dev.embedding.batch;

import org.jspecify.annotations.NullMarked;
