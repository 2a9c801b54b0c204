package dev.embedding.tokenize;

import dev.embedding.support.Utf8Text;
import org.jspecify.annotations.Nullable;

/**
 * Reads pieces from a text's end. It stops in the middle of a run of more than {@link TextEncoder#MAX_CHARACTERS}
 * without a place to split: only that many characters of such a run are read.
 */
final class BackwardPieces implements Pieces {

    private static final int MAX = TextEncoder.MAX_CHARACTERS;
    private static final int BLOCK_BYTES = 4_096;

    private final Utf8Text text;
    private final SplitRule rule;
    /** Scan of the text in reverse; the characters that it skips must be the same in both directions. */
    private final SplitRule.Scan backwards;

    private final int maxCharacters;

    /** From the last character to the first. */
    private final StringBuilder pending = new StringBuilder();

    private int unreadBytes;
    private int characters;
    private boolean leftSomeOut;

    /** @param maxCharacters limit of the characters that are read */
    BackwardPieces(Utf8Text text, SplitRule rule, int maxCharacters) {
        this.text = text;
        this.rule = rule;
        this.backwards = rule.scan();
        this.maxCharacters = maxCharacters;
        this.unreadBytes = text.length();
    }

    @Override
    public @Nullable Piece next(int tokens) {
        long maxLength = (long) tokens * WordSplits.CHARACTERS_PER_TOKEN;
        for (int length = (int) Math.min(MAX, maxLength); ; length = Math.min(MAX, 2 * length)) {
            while (unreadBytes > 0 && pending.length() <= length) {
                readBlock();
            }
            String window = new StringBuilder(pending).reverse().toString();
            if (unreadBytes == 0 && window.length() <= MAX) {
                return window.isEmpty() ? null : take(window, 0, false);
            }
            int from = Math.max(0, window.length() - MAX);
            int place = firstPlace(window, from);
            if (place > 0) {
                return take(window, place, true);
            }
            if (length == MAX) {
                return takeLastPart(window, from);
            }
        }
    }

    private void readBlock() {
        int start = text.startOfCharacter(Math.max(0, unreadBytes - BLOCK_BYTES));
        int[] block = new int[unreadBytes - start];
        Utf8Text.CodePoints codePoints = text.slice(start, unreadBytes).codePoints();
        int count = 0;
        for (int next = codePoints.next(); next != Utf8Text.END; next = codePoints.next()) {
            block[count++] = Surrogates.replaceLone(next);
        }
        unreadBytes = start;
        while (count > 0) {
            int character = block[--count];
            if (backwards.accept(character)) {
                if (characters >= maxCharacters) {
                    unreadBytes = 0;
                    leftSomeOut = true;
                    return;
                }
                pending.appendCodePoint(character);
                characters += Character.charCount(character);
            }
        }
    }

    /** The first place to split at or after an index, 0 for none. */
    private int firstPlace(String window, int from) {
        SplitRule.Scan scan = rule.scan();
        for (int index = 0; index < window.length(); ) {
            int character = window.codePointAt(index);
            if (scan.accept(character) && scan.place() != SplitRule.Scan.NONE && index - scan.place() >= from) {
                return index - scan.place();
            }
            index += Character.charCount(character);
        }
        return 0;
    }

    private Piece take(String window, int start, boolean atPlace) {
        pending.delete(0, window.length() - start);
        return new Piece(window.substring(start), atPlace);
    }

    /** Takes the last part, which begins neither inside a character nor with a mark, unless there are only marks. */
    private Piece takeLastPart(String window, int from) {
        int first = Character.isLowSurrogate(window.charAt(from)) ? from + 1 : from;
        int start = first;
        while (start < window.length() && WordSplits.isMark(window.codePointAt(start))) {
            start = window.offsetByCodePoints(start, 1);
        }
        pending.setLength(0);
        unreadBytes = 0;
        leftSomeOut = true;
        return new Piece(window.substring(start < window.length() ? start : first), false);
    }

    @Override
    public boolean leftSomeOut() {
        return leftSomeOut;
    }
}
