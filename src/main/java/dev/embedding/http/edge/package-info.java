/** Handling of every exchange, whatever its endpoint: ids, CORS, bodies, and the mapping from failure to status. */
@NullMarked
package dev.embedding.http.edge;

import org.jspecify.annotations.NullMarked;
