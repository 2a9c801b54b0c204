package dev.embedding.serving;

import java.util.List;

/** Formats the indices of a request's inputs for a message. */
public final class InputIndices {

    private static final int SHOWN = 10;

    private InputIndices() {}

    /** As {@code 0, 3, 7}; of many the first, and how many there are more. */
    public static String shown(List<Integer> indices) {
        String first = String.join(
                ", ", indices.stream().limit(SHOWN).map(String::valueOf).toList());
        return indices.size() > SHOWN ? first + " and " + (indices.size() - SHOWN) + " more" : first;
    }
}
