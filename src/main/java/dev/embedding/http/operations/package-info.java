/** Endpoints for operators and probes: health, metrics, the model that is served, settings, and the root. */
@NullMarked
package dev.embedding.http.operations;

import org.jspecify.annotations.NullMarked;
