/** The benchmark: the same load on the service, on other servers and on the bare engine in turn. */
@NullMarked
package dev.embedding.bench;

import org.jspecify.annotations.NullMarked;
