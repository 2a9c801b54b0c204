package dev.embedding.batch;

/**
 * One text on its way to the engine: what the batch function needs of it, and its length.
 *
 * @param payload handed to the batch function untouched
 * @param tokens how many tokens the model will see, special ones included; 0 for a text without any
 */
public record BatchRow<P>(P payload, int tokens) {

    public BatchRow {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens must not be negative, but is " + tokens);
        }
    }
}
