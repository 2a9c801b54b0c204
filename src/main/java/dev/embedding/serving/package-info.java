/** The inference service: a request for embeddings under a lease of the model, from cache lookup to its vectors. */
@NullMarked
package dev.embedding.serving;

import org.jspecify.annotations.NullMarked;
