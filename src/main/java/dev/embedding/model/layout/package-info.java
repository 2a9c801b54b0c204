/** The sentence-transformers layout: from a model's files to its description. */
@NullMarked
package dev.embedding.model.layout;

import org.jspecify.annotations.NullMarked;
