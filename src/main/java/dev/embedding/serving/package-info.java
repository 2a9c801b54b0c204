/**
 * Texts in, vectors out: a loaded model as one closeable unit, the one that is being served, and how a request passes
 * through it.
 */
@NullMarked
package dev.embedding.serving;

import org.jspecify.annotations.NullMarked;
