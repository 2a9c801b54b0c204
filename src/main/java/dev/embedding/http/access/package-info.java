/** Access control: keys, their sources, and the requests that need them. */
@NullMarked
package dev.embedding.http.access;

import org.jspecify.annotations.NullMarked;
