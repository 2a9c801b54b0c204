package dev.embedding.tokenize;

import dev.embedding.support.Utf8Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The tokenizer of one model. Thread-safe.
 *
 * <p>Texts are truncated here and not by the library, so that truncation is reported exactly. Of a long text only as
 * much is tokenized as necessary: the work is bounded by the model's maximum length, not by the text's size.
 * {@link PieceTokenizer} documents which ids are exactly the library's own.
 */
public final class TextTokenizer implements AutoCloseable {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final LibraryTokenizer library;
    private final PieceTokenizer pieces;
    private final SpecialTokens special;
    private final int maxTokens;
    private final boolean cutsStart;
    private final Set<Long> specialIds;
    private final BitSet allIds;
    private final BitSet vocabularyIds;
    private final TokenEstimator estimator;
    private boolean closed;

    /**
     * Loads {@code tokenizer.json}.
     *
     * @throws IOException when the file cannot be read
     * @throws IllegalArgumentException when it is not a valid tokenizer
     */
    public TextTokenizer(Path tokenizerJson, TokenizerOptions options) throws IOException {
        TokenizerDefinition definition = TokenizerDefinition.read(tokenizerJson).with(options.componentFields());
        if (options.lowerCases()) {
            definition = definition.lowerCasing();
        }
        this.maxTokens = options.maxTokens();
        this.cutsStart = options.cutsStart();
        this.specialIds = definition.specialIds();
        this.allIds = definition.ids();
        this.vocabularyIds = definition.vocabularyIds();
        this.library =
                LibraryTokenizer.load(definition, tokenizerJson.getFileName().toString());
        try {
            this.special = options.specialTokens()
                    ? library.specialTokens()
                            .ensuring(definition.id(options.firstToken()), definition.id(options.lastToken()))
                    : SpecialTokens.NONE;
            if (maxTokens <= special.count()) {
                throw new IllegalArgumentException("A maximum of " + maxTokens + " tokens leaves no room for text");
            }
            this.estimator = new TokenEstimator(special.count(), maxTokens);
            this.pieces = new PieceTokenizer(
                    library,
                    SplitMethod.of(definition, library, cutsStart),
                    maxTokens == Integer.MAX_VALUE ? maxTokens : maxTokens - special.count(),
                    cutsStart);
        } catch (RuntimeException unusable) {
            library.close();
            throw unusable;
        }
    }

    /**
     * Number of tokens that count as the prompt in a text that starts with it, as in sentence-transformers: those of
     * the prompt alone, without a special one at its end.
     */
    public int promptTokens(String prompt) {
        int[] ids = tokenize(prompt).ids();
        boolean endsSpecial = ids.length > 0 && specialIds.contains((long) ids[ids.length - 1]);
        return endsSpecial ? ids.length - 1 : ids.length;
    }

    /** The estimator of token counts for this tokenizer. */
    public TokenEstimator estimator() {
        return estimator;
    }

    /** @throws IllegalStateException when the tokenizer is closed */
    public TokenizedText tokenize(String text) {
        return tokenize(Utf8Text.of(text));
    }

    /** @throws IllegalStateException when the tokenizer is closed */
    public TokenizedText tokenize(Utf8Text text) {
        return tokenize(text, () -> {});
    }

    /**
     * Tokenizes a text that may be so long that its caller cancels meanwhile.
     *
     * @param checkpoint called before each piece of a long text; its exceptions abort the work and are rethrown
     * @throws IllegalStateException when the tokenizer is closed
     */
    public TokenizedText tokenize(Utf8Text text, Runnable checkpoint) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("The tokenizer is closed");
            }
            TokenizedText content = pieces.tokenize(text, checkpoint);
            return new TokenizedText(special.around(content.ids()), content.truncated());
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Whether the special tokens around a text's ids distinguish them from those of another tokenizer. */
    public boolean marksTexts() {
        return special.count() > 0;
    }

    /** Whether ids may be an encoding of this tokenizer: special tokens at both ends, and no unknown ids. */
    public boolean isEncoding(int[] ids) {
        return special.enclose(ids) && Arrays.stream(ids).allMatch(id -> id >= 0 && allIds.get(id));
    }

    /** All ids of the tokenizer, including special and added tokens. */
    public BitSet ids() {
        BitSet ids = (BitSet) allIds.clone();
        special.stream().forEach(ids::set);
        return ids;
    }

    /** The ids of the vocabulary, which need not include special and added tokens. */
    public BitSet vocabularyIds() {
        return (BitSet) vocabularyIds.clone();
    }

    /** Truncates an encoding that is longer than the model's maximum, as that of a text is truncated. */
    public TokenizedText cut(int[] encoding) {
        int surplus = encoding.length - maxTokens;
        if (surplus <= 0) {
            return new TokenizedText(encoding, false);
        }
        // The special tokens at both ends stay.
        int cutFrom = cutsStart ? special.leading().length : maxTokens - special.trailing().length;
        int[] kept = Arrays.copyOf(encoding, maxTokens);
        System.arraycopy(encoding, cutFrom + surplus, kept, cutFrom, maxTokens - cutFrom);
        return new TokenizedText(kept, true);
    }

    /** Waits for texts that are being tokenized: the native tokenizer must not be freed while it is used. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            library.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
