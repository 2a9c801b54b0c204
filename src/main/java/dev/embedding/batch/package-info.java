/**
 * Dynamic batching: admission, the bounded queue, and batches of rows of similar length within a token budget, formed
 * when a lane is free. Independent of models: it handles rows and their lengths.
 */
@NullMarked
package dev.embedding.batch;

import org.jspecify.annotations.NullMarked;
