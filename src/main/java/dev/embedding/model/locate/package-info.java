/** The search for a model's name: local directory, bundled model, Hugging Face hub. */
@NullMarked
package dev.embedding.model.locate;

import org.jspecify.annotations.NullMarked;
