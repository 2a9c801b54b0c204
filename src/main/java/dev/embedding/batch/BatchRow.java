package dev.embedding.batch;

/**
 * One text on its way to the engine: what the batch function needs of it, and its length.
 *
 * @param payload handed to the batch function untouched
 * @param tokens how many tokens the model will see, special ones included; at least 1
 */
public record BatchRow<P>(P payload, int tokens) {

    public BatchRow {
        if (tokens < 1) {
            throw new IllegalArgumentException("A row has at least 1 token, not " + tokens);
        }
    }
}
