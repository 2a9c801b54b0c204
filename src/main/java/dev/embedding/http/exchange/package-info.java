/**
 * Steps of an embedding request that all dialects share: its body, its headers, its way through the service, its
 * response.
 */
@NullMarked
package dev.embedding.http.exchange;

import org.jspecify.annotations.NullMarked;
