package dev.embedding.infer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Test rows for which a rewritten graph must give the same numbers as the shipped one. A successful comparison is
 * recorded, so that it is not repeated.
 *
 * @param rows token ids of texts of different lengths, the longest first; at least one, none empty
 * @param isKnown whether a finding was recorded before
 * @param keep records a finding: that a rewritten graph agrees, by its checksum, device and engine
 */
public record GraphComparison(List<int[]> rows, Predicate<String> isKnown, Consumer<String> keep) {

    public GraphComparison {
        if (rows.isEmpty() || rows.stream().anyMatch(ids -> ids.length == 0)) {
            throw new IllegalArgumentException("Graphs are compared on rows of tokens");
        }
        rows = rows.stream()
                .sorted(Comparator.comparingInt((int[] ids) -> ids.length).reversed())
                .map(ids -> Arrays.copyOf(ids, ids.length))
                .toList();
    }
}
