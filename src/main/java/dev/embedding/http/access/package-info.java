/** Who may call what: keys, where they come from, and what each request needs. */
@NullMarked
package dev.embedding.http.access;

import org.jspecify.annotations.NullMarked;
