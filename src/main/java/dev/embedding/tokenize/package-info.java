/** Tokenization: from text to the token ids that a model receives. The only user of the tokenizer library. */
@NullMarked
package dev.embedding.tokenize;

import org.jspecify.annotations.NullMarked;
