/** Dialects: their endpoints and error formats, and the service's own error format. */
@NullMarked
package dev.embedding.http.edge.dialect;

import org.jspecify.annotations.NullMarked;
