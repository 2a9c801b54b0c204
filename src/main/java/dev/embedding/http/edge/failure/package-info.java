/** Failures as each dialect's clients see them: kinds of faults, error bodies, and the dialects that map them to statuses. */
@NullMarked
package dev.embedding.http.edge.failure;

import org.jspecify.annotations.NullMarked;
