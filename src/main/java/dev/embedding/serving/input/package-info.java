/** What a request gives to be embedded, whether a text or a text's tokens. */
@NullMarked
package dev.embedding.serving.input;

import org.jspecify.annotations.NullMarked;
