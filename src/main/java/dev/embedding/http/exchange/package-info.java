/** Steps of an embedding request that all dialects share: body, headers, inference, response. */
@NullMarked
package dev.embedding.http.exchange;

import org.jspecify.annotations.NullMarked;
