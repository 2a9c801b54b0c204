/** Access control: API keys, their sources, trusted origins, and the rules of which request needs which key. */
@NullMarked
package dev.embedding.http.access;

import org.jspecify.annotations.NullMarked;
