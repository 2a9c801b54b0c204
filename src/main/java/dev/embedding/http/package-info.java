/** The service's own endpoints: shapes of requests and answers, validation, probes. The only user of JAX-RS. */
@NullMarked
package dev.embedding.http;

import org.jspecify.annotations.NullMarked;
