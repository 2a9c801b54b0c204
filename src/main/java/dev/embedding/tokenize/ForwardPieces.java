package dev.embedding.tokenize;

import dev.embedding.support.Utf8Text;
import org.jspecify.annotations.Nullable;

/**
 * Reads pieces from a text's beginning. A run of more than {@link TextEncoder#MAX_CHARACTERS} without a place to split
 * is read in parts of that size, or, where the characters are limited, to the end of its first part.
 */
final class ForwardPieces implements Pieces {

    private static final int MAX = TextEncoder.MAX_CHARACTERS;

    private final Utf8Text.CodePoints codePoints;
    private final SplitRule.Scan scan;
    private final int maxCharacters;

    private final StringBuilder pending = new StringBuilder();
    private boolean pendingAtPlace;
    /** The last place to split in the pending characters, 0 for none. */
    private int place;

    private int tokensAtPlace;
    private int tokensTaken;
    private int characters;
    private boolean ended;
    private boolean leftSomeOut;

    /** @param maxCharacters limit of the characters that are read; {@link Integer#MAX_VALUE} for no limit */
    ForwardPieces(Utf8Text text, SplitRule rule, int maxCharacters) {
        this.codePoints = text.codePoints();
        this.scan = rule.scan();
        this.maxCharacters = maxCharacters;
    }

    @Override
    public @Nullable Piece next(int tokens) {
        // A place is found when the word after its blank begins.
        while (!ended && (place == 0 || tokensAtPlace - tokensTaken < tokens) && pending.length() <= MAX + 1) {
            read();
        }
        if (ended && pending.length() <= MAX) {
            return pending.isEmpty() ? null : take(pending.length(), false);
        }
        if (place > 0) {
            return take(place, true);
        }
        Piece part = take(endOfPart(), false);
        if (maxCharacters < Integer.MAX_VALUE) {
            end();
        }
        return part;
    }

    private void read() {
        int character = codePoints.next();
        if (character == Utf8Text.END) {
            ended = true;
            return;
        }
        int valid = Surrogates.replaceLone(character);
        if (!scan.accept(valid)) {
            return;
        }
        if (characters >= maxCharacters) {
            ended = true;
            leftSomeOut = true;
            return;
        }
        int back = scan.place();
        if (back != SplitRule.Scan.NONE && pending.length() > back && pending.length() - back <= MAX) {
            place = pending.length() - back;
            tokensAtPlace = scan.tokens();
        }
        pending.appendCodePoint(valid);
        characters += Character.charCount(valid);
    }

    private Piece take(int length, boolean nextAtPlace) {
        Piece piece = new Piece(pending.substring(0, length), pendingAtPlace);
        pending.delete(0, length);
        pendingAtPlace = nextAtPlace;
        place = 0;
        tokensTaken = tokensAtPlace;
        return piece;
    }

    /** The end of a part: not inside a character, nor between one and its marks, unless there are only marks. */
    private int endOfPart() {
        int last = Character.isSurrogatePair(pending.charAt(MAX - 1), pending.charAt(MAX)) ? MAX - 1 : MAX;
        int end = last;
        while (end > 0 && WordSplits.isMark(pending.codePointAt(end))) {
            end = pending.offsetByCodePoints(end, -1);
        }
        return end > 0 ? end : last;
    }

    private void end() {
        ended = true;
        leftSomeOut = true;
        pending.setLength(0);
    }

    @Override
    public boolean leftSomeOut() {
        return leftSomeOut;
    }
}
