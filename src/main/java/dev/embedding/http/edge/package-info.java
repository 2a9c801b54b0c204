/**
 * Filters of every exchange, whatever its endpoint: CORS, framing, bodies, connection timeouts, and the mapping from
 * failures to statuses.
 */
@NullMarked
package dev.embedding.http.edge;

import org.jspecify.annotations.NullMarked;
