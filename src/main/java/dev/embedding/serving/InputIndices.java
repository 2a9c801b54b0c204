package dev.embedding.serving;

import java.util.List;

/** Formats indices of a request's inputs for messages. */
public final class InputIndices {

    private static final int MAX_LISTED = 10;

    private InputIndices() {}

    /** Lists indices as {@code 0, 3, 7}; of many the first ones and the number of the others. */
    public static String shown(List<Integer> indices) {
        String first = String.join(
                ", ", indices.stream().limit(MAX_LISTED).map(String::valueOf).toList());
        return indices.size() > MAX_LISTED ? first + " and " + (indices.size() - MAX_LISTED) + " more" : first;
    }
}
