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
 * <p>Texts are cut here and not by the library, so that it is known exactly whether something was lost. Of a long text
 * only as much is tokenized as can matter: the work for a text is bounded by what the model takes of it, not by its size.
 * {@link PieceTokenizer} says which ids are exactly the library's own.
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
     * @throws IllegalArgumentException when it is no tokenizer
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
            this.special = options.specialTokens() ? library.specialTokens() : SpecialTokens.NONE;
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
     * How many tokens of a text that starts with a prompt count as the prompt, as sentence-transformers counts them: those
     * of the prompt alone, without a special one at its end.
     */
    public int promptTokens(String prompt) {
        int[] ids = tokenize(prompt).ids();
        boolean endsSpecial = ids.length > 0 && specialIds.contains((long) ids[ids.length - 1]);
        return endsSpecial ? ids.length - 1 : ids.length;
    }

    /** Guesses how many tokens texts have, for this tokenizer. */
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
     * Tokenizes a text that may be so long that its caller loses interest meanwhile.
     *
     * @param checkpoint called before each piece of a long text; what it throws ends the work and is passed on
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

    /** Whether a text's ids can be told from those of another tokenizer: by the special tokens around them. */
    public boolean marksTexts() {
        return special.count() > 0;
    }

    /** Whether ids may be what this tokenizer makes of a text: special tokens in their places, none that it does not have. */
    public boolean isEncoding(int[] ids) {
        return special.enclose(ids) && Arrays.stream(ids).allMatch(id -> id >= 0 && allIds.get(id));
    }

    /** All ids that a text may get, also of special and added tokens. */
    public BitSet ids() {
        BitSet ids = (BitSet) allIds.clone();
        special.stream().forEach(ids::set);
        return ids;
    }

    /** The ids of the tokens that texts are made of, which special and added ones need not be among. */
    public BitSet vocabularyIds() {
        return (BitSet) vocabularyIds.clone();
    }

    /** Cuts an encoding that is longer than the model takes, as that of a text is. */
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

    /** Waits for texts that are being tokenized: the native library must not be freed under them. */
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
