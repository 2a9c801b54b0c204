package dev.embedding.tokenize;

import dev.embedding.support.Utf8Text;
import java.util.Arrays;

/**
 * Tokenizes texts of any length, without special tokens, so that no call of the tokenizer library gets more than
 * {@link TextEncoder#MAX_CHARACTERS}.
 *
 * <p>A text is read in {@link Pieces}, until there are as many tokens as the model takes or the text ends. The ids are
 * exactly those that the library gives for the whole text, except in these cases:
 *
 * <ul>
 *   <li>A run of more than 64 Ki characters without a place to split. For models with a maximum only its first 64 Ki
 *       characters are read, or, where texts are truncated at the start, its last ones, and the text ends there. For
 *       models without a maximum it is tokenized in parts of that size.
 *   <li>A text that gives hardly any tokens. For models with a maximum no more than {@link #MIN_CHARACTERS} characters
 *       are read, or {@link #CHARACTERS_PER_TOKEN} for each token, if that is more.
 *   <li>A tokenizer whose ids cannot be joined from pieces ({@link SplitMethod#joinsPieces}). For models with a maximum
 *       the first, or last, 64 Ki characters are read; for others the pieces' ids are joined nevertheless.
 * </ul>
 */
final class PieceTokenizer {

    static final int MIN_CHARACTERS = 1 << 20;
    static final int CHARACTERS_PER_TOKEN = 128;

    /** Texts up to this many bytes for each token are tokenized in one call. */
    private static final int SHORT_TEXT_BYTES_PER_TOKEN = 8;

    private static final int LEAST_TOKENS_OF_PIECE = 50;
    private static final int MOST_TOKENS_OF_PIECE = 4_096;

    /** Tokens beside a cut that may differ, where those of one word depend on another. */
    private static final int MARGIN = 64;

    private final TextEncoder encoder;
    private final SplitMethod method;
    private final int maxTokens;
    private final boolean fromEnd;
    private final int shortTextBytes;
    private final int maxCharacters;

    /**
     * @param maxTokens maximum tokens of a text, without special ones; {@link Integer#MAX_VALUE} for no limit
     * @param fromEnd whether longer texts are truncated at the start
     */
    PieceTokenizer(TextEncoder encoder, SplitMethod method, int maxTokens, boolean fromEnd) {
        boolean limited = maxTokens < Integer.MAX_VALUE;
        this.encoder = encoder;
        this.method = method;
        this.maxTokens = maxTokens;
        this.fromEnd = fromEnd && limited;
        this.shortTextBytes = (int) Math.min(TextEncoder.MAX_CHARACTERS, (long) SHORT_TEXT_BYTES_PER_TOKEN * maxTokens);
        this.maxCharacters = limited ? maxCharacters(method, maxTokens) : Integer.MAX_VALUE;
    }

    private static int maxCharacters(SplitMethod method, int maxTokens) {
        return method.joinsPieces()
                ? (int) Math.min(1L << 30, Math.max(MIN_CHARACTERS, (long) CHARACTERS_PER_TOKEN * maxTokens))
                : TextEncoder.MAX_CHARACTERS;
    }

    /**
     * Tokenizes a text up to the maximum, without special tokens.
     *
     * @param checkpoint called before each piece; it throws when the result is no longer needed
     */
    TokenizedText tokenize(Utf8Text text, Runnable checkpoint) {
        if (text.length() <= shortTextBytes) {
            return cut(encoder.encode(Surrogates.replaceLone(text.toString())), false);
        }
        Pieces pieces = fromEnd
                ? new BackwardPieces(text, method.rule(), maxCharacters)
                : new ForwardPieces(text, method.rule(), maxCharacters);
        return method.joinsPieces() || maxTokens == Integer.MAX_VALUE
                ? tokenizePieces(pieces, checkpoint)
                : tokenizeMoreAndMore(pieces, checkpoint);
    }

    private TokenizedText tokenizePieces(Pieces pieces, Runnable checkpoint) {
        IdCollector ids = new IdCollector();
        while (ids.size() <= maxTokens) {
            int missing = Math.min(MOST_TOKENS_OF_PIECE, maxTokens - ids.size()) + 1;
            Pieces.Piece piece = pieces.next(Math.max(LEAST_TOKENS_OF_PIECE, missing));
            if (piece == null) {
                break;
            }
            checkpoint.run();
            ids.add(encoder.encode(method.textOf(piece)));
        }
        return cut(fromEnd ? ids.inReverse() : ids.inOrder(), pieces.leftSomeOut());
    }

    /** Encodes everything that was read so far as one text, with more of it each time. */
    private TokenizedText tokenizeMoreAndMore(Pieces pieces, Runnable checkpoint) {
        StringBuilder read = new StringBuilder();
        int[] ids = {};
        int tokens = Math.min(MOST_TOKENS_OF_PIECE, maxTokens) + MARGIN;
        for (Pieces.Piece piece = pieces.next(tokens); piece != null; piece = pieces.next(tokens)) {
            checkpoint.run();
            read.insert(fromEnd ? 0 : read.length(), piece.text());
            ids = encoder.encode(read.toString());
            if (ids.length - MARGIN >= maxTokens) {
                return cut(ids, true);
            }
            tokens = Math.min(TextEncoder.MAX_CHARACTERS, 4 * tokens);
        }
        return cut(ids, pieces.leftSomeOut());
    }

    private TokenizedText cut(int[] ids, boolean truncated) {
        int surplus = ids.length - maxTokens;
        if (surplus <= 0) {
            return new TokenizedText(ids, truncated);
        }
        int from = fromEnd ? surplus : 0;
        return new TokenizedText(Arrays.copyOfRange(ids, from, from + maxTokens), true);
    }
}
