/** A model's description: precision, pooling, prompts, tokenization and the fingerprint of its vector space. */
@NullMarked
package dev.embedding.model;

import org.jspecify.annotations.NullMarked;
