/** OpenAI's embeddings API: routes, records of requests and responses, the list of models, and its error format. */
@NullMarked
package dev.embedding.http.openai;

import org.jspecify.annotations.NullMarked;
