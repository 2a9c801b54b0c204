/** Reading and writing of JSON on the bytes of a body, without a copy of its texts and numbers. */
@NullMarked
package dev.embedding.http.exchange.json;

import org.jspecify.annotations.NullMarked;
