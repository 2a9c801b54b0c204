/** OpenAI's embeddings API: request bodies, response encoders, and its error format. */
@NullMarked
package dev.embedding.http.openai;

import org.jspecify.annotations.NullMarked;
