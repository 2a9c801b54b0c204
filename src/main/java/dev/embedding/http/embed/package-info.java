/**
 * The service's own embedding endpoints, {@code /embed} and {@code /embed/single}: bodies, validation, response
 * encoders.
 */
@NullMarked
package dev.embedding.http.embed;

import org.jspecify.annotations.NullMarked;
