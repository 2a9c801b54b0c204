/** OpenAI's embeddings API: its shapes and its row of the table of failures. */
@NullMarked
package dev.embedding.http.openai;

import org.jspecify.annotations.NullMarked;
