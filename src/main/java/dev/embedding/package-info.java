/** Where the process starts. A request passes {@code http → serving → tokenize → batch → infer → pool → http}. */
@NullMarked
package dev.embedding;

import org.jspecify.annotations.NullMarked;
