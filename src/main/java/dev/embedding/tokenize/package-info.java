/** From text to the token ids that the model sees. The only user of the tokenizer library. */
@NullMarked
package dev.embedding.tokenize;

import org.jspecify.annotations.NullMarked;
