package dev.embedding.batch;

import org.jspecify.annotations.Nullable;

/**
 * One text on its way to the engine: what the batch function needs of it, and its length.
 *
 * @param payload handed to the batch function untouched
 * @param tokens how many tokens the model will see, special ones included; 0 for a text without any
 * @param key rows with equal keys have the same value: those that come while one of them is on its way, or afterwards as
 *     long as its value is remembered, are not computed; null for a row that is computed for itself
 */
public record BatchRow<P>(P payload, int tokens, @Nullable Object key) {

    public BatchRow {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens must not be negative, but is " + tokens);
        }
    }

    /** A row that is computed for itself. */
    public BatchRow(P payload, int tokens) {
        this(payload, tokens, null);
    }
}
