package dev.embedding.model;

import java.util.OptionalLong;

/**
 * Limits of a text's length besides the model's own, which they may only shorten.
 *
 * @param maxTokens maximum tokens of a text, special ones included; 0 for as many as fit into {@code runBytes}
 * @param runBytes memory in bytes that one run with one text may take; empty for any
 */
public record InputLimits(int maxTokens, OptionalLong runBytes) {

    /** No limit besides the model's own. */
    public static final InputLimits NONE = new InputLimits(0, OptionalLong.empty());

    public InputLimits {
        if (maxTokens < 0) {
            throw new IllegalArgumentException("maxTokens must not be negative, but is " + maxTokens);
        }
    }
}
