/** Request and response headers that every endpoint shares. */
@NullMarked
package dev.embedding.http.edge.header;

import org.jspecify.annotations.NullMarked;
