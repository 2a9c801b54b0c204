package dev.embedding.infer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Rows of which a rewritten graph must give the numbers of the graph as shipped. That it does is kept, so that it is not
 * compared again.
 *
 * @param rows token ids of texts of unlike lengths, the longest first; at least one, none empty
 * @param isKnown whether a finding was kept before
 * @param keep takes a finding: that a rewritten graph agrees, by its checksum, device and engine
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
