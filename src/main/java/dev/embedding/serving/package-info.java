/**
 * The inference service: an embedding request under a lease of the model, from cache lookup and admission to its
 * vectors.
 */
@NullMarked
package dev.embedding.serving;

import org.jspecify.annotations.NullMarked;
