package dev.embedding.tokenize;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Characters whose long runs a tokenizer encodes like shorter ones: to XLM-R's a thousand blanks are one. They are
 * found by encoding runs of many lengths in several contexts.
 */
final class CollapsedRuns {

    /** For a tokenizer that distinguishes runs of any length. */
    static final CollapsedRuns NONE = new CollapsedRuns(new BitSet());

    /** Number of characters that remain of a longer run. */
    static final int KEPT = 8;

    /** White space, and characters that are frequent in badly extracted text. */
    private static final int[] CANDIDATES = {
        0, '\t', '\n', '\r', ' ', 0x85, 0xA0, 0xAD, 0x2003, 0x200B, 0x2028, 0x3000, 0xFEFF, 0xFFFD
    };

    /** Contexts: a run is inserted between each two of these. */
    private static final List<String> SURROUNDINGS =
            List.of("", "a", "b ", " .", "c", " d", ".", "\u4E2D", "\n", "\u0301", "e\u0301", " ", "\u4E2D", "f", "");

    private static final int[] LENGTHS = IntStream.concat(
                    IntStream.rangeClosed(KEPT + 1, 34), IntStream.of(63, 64, 65, 100, 101, 128, 200, 257))
            .toArray();

    private final BitSet collapsed;

    private CollapsedRuns(BitSet collapsed) {
        this.collapsed = collapsed;
    }

    static CollapsedRuns of(TextEncoder encoder) {
        BitSet collapsed = new BitSet();
        IntStream.of(CANDIDATES)
                .filter(character -> collapse(encoder, Character.toString(character)))
                .forEach(collapsed::set);
        return new CollapsedRuns(collapsed);
    }

    private static boolean collapse(TextEncoder encoder, String character) {
        return sameFor(encoder, character, List.of("a", "b"), LENGTHS)
                && sameFor(encoder, character, SURROUNDINGS, KEPT + 1, KEPT + 2, 129);
    }

    private static boolean sameFor(TextEncoder encoder, String character, List<String> surroundings, int... lengths) {
        int[] ids = encoder.encode(String.join(character.repeat(KEPT), surroundings));
        return IntStream.of(lengths)
                .allMatch(length ->
                        Arrays.equals(ids, encoder.encode(String.join(character.repeat(length), surroundings))));
    }

    boolean collapses(int character) {
        return collapsed.get(character);
    }
}
