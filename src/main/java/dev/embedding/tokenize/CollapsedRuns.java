package dev.embedding.tokenize;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Characters of which a tokenizer does not tell a long run from a shorter one: to XLM-R's a thousand blanks are one. Found
 * out by trying, beside each other, runs of many lengths in several surroundings.
 */
final class CollapsedRuns {

    /** For a tokenizer that tells any two runs apart. */
    static final CollapsedRuns NONE = new CollapsedRuns(new BitSet());

    /** Characters that are left of a longer run. */
    static final int KEPT = 8;

    /** White space, and what is often found in masses where text was extracted badly. */
    private static final int[] CANDIDATES = {
        0, '\t', '\n', '\r', ' ', 0x85, 0xA0, 0xAD, 0x2003, 0x200B, 0x2028, 0x3000, 0xFEFF, 0xFFFD
    };

    /** A run is tried between each two of these, and at both ends. */
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
