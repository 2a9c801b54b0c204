/** What all dialects do with a request for vectors: its body, its headers, its way through the service, its answer. */
@NullMarked
package dev.embedding.http.exchange;

import org.jspecify.annotations.NullMarked;
