package dev.embedding.tokenize;

import dev.embedding.support.Utf8Text;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The method of tokenizing long texts with a given tokenizer: where texts are split, and how the ids of the pieces are
 * joined.
 */
record SplitMethod(SplitRule rule, Joining joining) {

    enum Joining {
        /** The ids of a text are those of its pieces, one after the other. */
        PIECES,
        /** The same, when the blank between two pieces is left out, because the tokenizer prepends one to a text. */
        PIECES_WITHOUT_BLANK,
        /** Pieces do not give the ids of the text, as where a word's tokens depend on the word before. */
        NONE
    }

    /**
     * Chooses the first method with which all sample texts give the same ids in pieces as in one call. The method is
     * not derived from {@code tokenizer.json}, as too many of its parts interact.
     *
     * @param fromEnd whether texts are read from their end
     */
    static SplitMethod of(TokenizerDefinition definition, TextEncoder encoder, boolean fromEnd) {
        TextEncoder tolerant = text -> encodeOrNothing(encoder, text);
        List<String> samples = ProbeTexts.of(definition);
        List<int[]> ids = samples.stream().map(tolerant::encode).toList();
        Predicate<SplitMethod> fits = method -> IntStream.range(0, ids.size())
                .allMatch(sample -> method.gives(ids.get(sample), samples.get(sample), tolerant));
        if (!fromEnd && WordPieceSplits.fits(definition.root())) {
            SplitMethod wordPiece = new SplitMethod(WordPieceSplits.of(definition.root()), Joining.PIECES);
            if (fits.test(wordPiece)) {
                return wordPiece;
            }
        }
        CollapsedRuns runs = CollapsedRuns.of(tolerant);
        WordSplits anywhere = new WordSplits(runs, new BitSet());
        return Stream.of(anywhere, new WordSplits(runs, definition.edgesOfAddedTokens()))
                .flatMap(words -> Stream.of(
                        new SplitMethod(words, Joining.PIECES), new SplitMethod(words, Joining.PIECES_WITHOUT_BLANK)))
                .filter(fits)
                .findFirst()
                .orElse(new SplitMethod(anywhere, Joining.NONE));
    }

    /** Encodes a text; some tokenizers reject texts with unknown words. */
    private static int[] encodeOrNothing(TextEncoder encoder, String text) {
        try {
            return encoder.encode(text);
        } catch (RuntimeException refused) {
            return new int[0];
        }
    }

    private boolean gives(int[] ids, String text, TextEncoder encoder) {
        Pieces pieces = new ForwardPieces(Utf8Text.of(text), rule, Integer.MAX_VALUE);
        IdCollector joined = new IdCollector();
        for (Pieces.Piece piece = pieces.next(1); piece != null; piece = pieces.next(1 + joined.size() % 4)) {
            joined.add(encoder.encode(textOf(piece)));
        }
        return Arrays.equals(ids, joined.inOrder());
    }

    boolean joinsPieces() {
        return joining != Joining.NONE;
    }

    /** The text of a piece that the tokenizer encodes. */
    String textOf(Pieces.Piece piece) {
        return joining == Joining.PIECES_WITHOUT_BLANK && piece.atPlace()
                ? piece.text().substring(1)
                : piece.text();
    }
}
