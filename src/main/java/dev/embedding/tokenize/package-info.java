/** Tokenizing: from text to the token ids that the model computes. The only user of the tokenizer library. */
@NullMarked
package dev.embedding.tokenize;

import org.jspecify.annotations.NullMarked;
