package dev.embedding.tokenize;

import dev.embedding.support.Utf8Text;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The way to tokenize long texts that fits a tokenizer: where texts are split, and how the ids of the pieces become those
 * of the text.
 */
record SplitMethod(SplitRule rule, Joining joining) {

    enum Joining {
        /** The ids of a text are those of its pieces, one after the other. */
        PIECES,
        /** So they are when the blank between two pieces is left out, because the tokenizer puts one in front of a text. */
        PIECES_WITHOUT_BLANK,
        /** Pieces do not give the ids of the text, as where a word's tokens depend on the word before. */
        NONE
    }

    /**
     * The first method under which all sample texts give the same ids in pieces as they do whole. What a
     * {@code tokenizer.json} says is not trusted: too many of its parts act on each other.
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

    /** Some tokenizers refuse texts with words that they do not know. */
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

    /** What the tokenizer is given of a piece. */
    String textOf(Pieces.Piece piece) {
        return joining == Joining.PIECES_WITHOUT_BLANK && piece.atPlace()
                ? piece.text().substring(1)
                : piece.text();
    }
}
