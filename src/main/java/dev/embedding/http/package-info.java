/** Supported dialects, and the OpenAPI document of all endpoints. */
@NullMarked
package dev.embedding.http;

import org.jspecify.annotations.NullMarked;
