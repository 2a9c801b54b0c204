package dev.embedding.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Texts that the bare engine computes in one run.
 *
 * @param rows at least one
 */
record RowBatch(List<Text> rows) {

    private static final long SEED = 7;
    private static final int SPAN = 16;

    /**
     * All texts in runs of like length. Any 16 runs in a row span all lengths, so that a short window sees the same
     * mixture as a long one. A rest of the texts that fills no run is left out.
     */
    static List<RowBatch> ofLikeLength(List<Text> texts, int rows) {
        List<Text> byLength = new ArrayList<>(texts);
        byLength.sort(Comparator.comparingInt(Text::tokens));
        List<RowBatch> batches = new ArrayList<>();
        for (int first = 0; first + rows <= byLength.size(); first += rows) {
            batches.add(new RowBatch(byLength.subList(first, first + rows)));
        }
        return dealt(batches);
    }

    private static List<RowBatch> dealt(List<RowBatch> byLength) {
        Random random = new Random(SEED);
        List<List<RowBatch>> hands = new ArrayList<>();
        int count = Math.max(1, byLength.size() / SPAN);
        for (int first = 0; first < count; first++) {
            List<RowBatch> hand = new ArrayList<>();
            for (int index = first; index < byLength.size(); index += count) {
                hand.add(byLength.get(index));
            }
            Collections.shuffle(hand, random);
            hands.add(hand);
        }
        Collections.shuffle(hands, random);
        return hands.stream().flatMap(List::stream).toList();
    }

    int longest() {
        return rows.stream().mapToInt(Text::tokens).max().orElseThrow();
    }

    int tokens() {
        return rows.stream().mapToInt(Text::tokens).sum();
    }

    int paddedTokens() {
        return rows.size() * longest();
    }
}
