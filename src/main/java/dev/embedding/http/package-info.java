/** The list of dialects, and the OpenAPI document over all endpoints. */
@NullMarked
package dev.embedding.http;

import org.jspecify.annotations.NullMarked;
