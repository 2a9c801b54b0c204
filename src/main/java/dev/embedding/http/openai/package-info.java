/** OpenAI's embeddings API: request bodies, response encoders, model list and error format. */
@NullMarked
package dev.embedding.http.openai;

import org.jspecify.annotations.NullMarked;
