package dev.embedding.tokenize;

import java.text.Normalizer;
import java.util.BitSet;

/**
 * Split rule for any tokenizer: texts are split before a single blank between two words, where every known
 * pre-tokenizer splits. (Not at a line break, which some take together with the punctuation before it, nor beside a
 * control character, which some drop, nor where there are several blanks.) A word may also consist of punctuation or
 * symbols, and end with combining marks.
 *
 * @param runs characters of which long runs are shortened
 * @param avoided characters beside which no text is split, in lower case
 */
record WordSplits(CollapsedRuns runs, BitSet avoided) implements SplitRule {

    /** Conservative estimate; English has more. An error costs another piece, or some unused tokens. */
    static final int CHARACTERS_PER_TOKEN = 5;

    @Override
    public Scan scan() {
        return new WordScan();
    }

    private final class WordScan implements Scan {

        private enum Seen {
            WORD,
            BLANK_BEHIND_WORD,
            OTHER
        }

        private Seen seen = Seen.OTHER;
        private int wordEnd;
        private int previous = -1;
        private int run;
        private int place;
        private int characters;

        @Override
        public boolean accept(int character) {
            if (character != previous) {
                previous = character;
                run = 1;
            } else if (run == CollapsedRuns.KEPT && runs.collapses(character)) {
                return false;
            } else {
                run = Math.min(run + 1, CollapsedRuns.KEPT);
            }
            place = NONE;
            characters++;
            if (character == ' ') {
                seen = seen == Seen.WORD ? Seen.BLANK_BEHIND_WORD : Seen.OTHER;
            } else if (isWord(character)) {
                if (seen == Seen.BLANK_BEHIND_WORD && mayBeEdge(wordEnd) && mayBeEdge(character)) {
                    place = 1;
                }
                seen = Seen.WORD;
                wordEnd = character;
            } else if (seen != Seen.WORD || !isMark(character)) {
                seen = Seen.OTHER;
            }
            return true;
        }

        @Override
        public int place() {
            return place;
        }

        @Override
        public int tokens() {
            return characters / CHARACTERS_PER_TOKEN;
        }
    }

    static boolean isMark(int character) {
        return character >= 0x300
                && switch (Character.getType(character)) {
                    case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK -> true;
                    default -> false;
                };
    }

    private static boolean isWord(int character) {
        if (character < 0x7F) {
            return character > ' ';
        }
        return switch (Character.getType(character)) {
            case Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.COMBINING_SPACING_MARK -> false;
            default -> character != '\u2581' && character != '\uFFFD'; // both stand for a blank in SentencePiece
        };
    }

    private boolean mayBeEdge(int character) {
        return !avoided.get(Character.toLowerCase(character)) && (character < 0x7F || !givesBlank(character));
    }

    /**
     * Whether the character decomposes to a blank and a mark, as a lone accent does; some normalizers drop the mark.
     */
    private static boolean givesBlank(int character) {
        return Normalizer.normalize(Character.toString(character), Normalizer.Form.NFKD)
                        .indexOf(' ')
                >= 0;
    }
}
