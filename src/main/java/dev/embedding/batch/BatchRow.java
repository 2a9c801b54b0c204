package dev.embedding.batch;

import org.jspecify.annotations.Nullable;

/**
 * Input row of a submission: a payload for the batch function, its length and its cache key.
 *
 * @param payload passed to the batch function unchanged
 * @param tokens number of tokens for the model, including special ones; 0 for a text without any
 * @param key cache key: rows with equal keys have the same value, and are not computed while an equal one is in flight
 *     or its value is cached; null for a row that is never shared
 */
public record BatchRow<P>(P payload, int tokens, @Nullable Object key) {

    public BatchRow {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens must not be negative, but is " + tokens);
        }
    }

    /** A row that is never shared. */
    public BatchRow(P payload, int tokens) {
        this(payload, tokens, null);
    }
}
