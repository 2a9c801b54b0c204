package dev.embedding.tokenize;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * The tokenizer of one model. Thread-safe.
 *
 * <p>Padding and truncation that a {@code tokenizer.json} brings along are switched off; texts are cut here, so that it
 * is known exactly whether something was lost. Of a long text only as much is tokenized as can matter: the work for a
 * text is bounded by what the model takes of it, not by its size.
 */
public final class TextTokenizer implements AutoCloseable {

    /** Characters that are tokenized at once of a text that is taken whole. */
    private static final int PORTION = 1 << 16;

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final HuggingFaceTokenizer tokenizer;
    private final TextPrefix prefix;
    private final int maxTokens;
    private final boolean specialTokens;
    private final boolean cutsStart;
    private final Set<Long> specialIds;
    private final BitSet allIds;
    private final int[] leadingSpecialTokens;
    private final int[] trailingSpecialTokens;
    /** Whether texts are taken whole, and words at blanks do not know of each other. */
    private final boolean splitsAtBlanks;

    private final TokenEstimator estimator;
    private boolean closed;

    /**
     * Loads {@code tokenizer.json}.
     *
     * @throws IOException when the file cannot be read
     * @throws IllegalArgumentException when it is no tokenizer
     */
    public TextTokenizer(Path tokenizerJson, TokenizerOptions options) throws IOException {
        TokenizerLibrary.prepare();
        TokenizerDefinition definition = TokenizerDefinition.read(tokenizerJson).with(options.componentFields());
        if (options.lowerCases()) {
            definition = definition.lowerCasing();
        }
        this.tokenizer = load(definition, tokenizerJson, options.specialTokens());
        this.specialTokens = options.specialTokens();
        this.maxTokens = options.maxTokens();
        this.cutsStart = options.cutsStart();
        this.splitsAtBlanks =
                maxTokens == Integer.MAX_VALUE && !options.specialTokens() && WordPiecePrefix.fits(definition.root());
        this.specialIds = definition.specialIds();
        this.allIds = definition.ids();
        Encoding encoding = tokenizer.encode("a");
        long[] specialTokenMask = encoding.getSpecialTokenMask();
        int leading = leading(specialTokenMask);
        int special = specialTokens(specialTokenMask);
        int count = specialTokenMask.length;
        this.leadingSpecialTokens = toInts(encoding.getIds(), 0, leading);
        this.trailingSpecialTokens = toInts(encoding.getIds(), count - (special - leading), count);
        if (maxTokens <= special) {
            throw new IllegalArgumentException("A maximum of " + maxTokens + " tokens leaves no room for text");
        }
        this.estimator = new TokenEstimator(special, maxTokens);
        this.prefix =
                cutsStart ? new TextPrefix.LastWords(maxTokens) : TextPrefix.forTokenizer(definition.root(), maxTokens);
    }

    private static HuggingFaceTokenizer load(TokenizerDefinition definition, Path file, boolean specialTokens)
            throws IOException {
        Map<String, String> options =
                Map.of("addSpecialTokens", Boolean.toString(specialTokens), "truncation", "false", "padding", "false");
        try (InputStream json = definition.content()) {
            return HuggingFaceTokenizer.newInstance(json, options);
        } catch (RuntimeException failure) {
            throw new IllegalArgumentException(
                    file.getFileName() + " is no tokenizer that can be read: " + failure.getMessage(), failure);
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

    public TokenizedText tokenize(dev.embedding.support.Utf8Text text, Runnable checkpoint) {
        return tokenize(text.toString());
    }

    /** @throws IllegalStateException when the tokenizer is closed */
    public TokenizedText tokenize(String text) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("The tokenizer is closed");
            }
            return tokenizeOpen(text);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Whether a text's ids can be told from those of another tokenizer: by the special tokens around them. */
    public boolean marksTexts() {
        return leadingSpecialTokens.length + trailingSpecialTokens.length > 0;
    }

    /** Whether ids may be what this tokenizer makes of a text: special tokens in their places, none that it does not have. */
    public boolean isEncoding(int[] ids) {
        int content = ids.length - trailingSpecialTokens.length;
        return content >= leadingSpecialTokens.length
                && Arrays.equals(leadingSpecialTokens, Arrays.copyOf(ids, leadingSpecialTokens.length))
                && Arrays.equals(trailingSpecialTokens, Arrays.copyOfRange(ids, content, ids.length))
                && Arrays.stream(ids).allMatch(id -> id >= 0 && allIds.get(id));
    }

    /** Cuts an encoding that is longer than the model takes, as that of a text is. */
    public TokenizedText cut(int[] encoding) {
        int surplus = encoding.length - maxTokens;
        if (surplus <= 0) {
            return new TokenizedText(encoding, false);
        }
        // The special tokens at both ends stay.
        int cutFrom = cutsStart ? leadingSpecialTokens.length : maxTokens - trailingSpecialTokens.length;
        int[] kept = Arrays.copyOf(encoding, maxTokens);
        System.arraycopy(encoding, cutFrom + surplus, kept, cutFrom, maxTokens - cutFrom);
        return new TokenizedText(kept, true);
    }

    private TokenizedText tokenizeOpen(String text) {
        String valid = Surrogates.replaceLone(text);
        if (splitsAtBlanks && valid.length() > PORTION) {
            return tokenizePortions(valid);
        }
        for (int attempt = 0; ; attempt++) {
            TextPrefix.Cut cut = prefix.cut(valid, attempt);
            long[] ids = ids(cut.text());
            if (cut.complete() || ids.length >= maxTokens + cut.surplusTokens()) {
                return cut(toInts(ids, 0, ids.length));
            }
        }
    }

    /**
     * The ids alone. {@code HuggingFaceTokenizer.encode} also makes objects of each token's text and place, which takes
     * longer than tokenizing.
     */
    private long[] ids(String text) {
        long encoding = TokenizersLibrary.LIB.encode(tokenizer.getHandle(), text, specialTokens);
        try {
            return TokenizersLibrary.LIB.getTokenIds(encoding);
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    /** For texts of any length that are taken whole: what lies between two blanks gives the same tokens by itself. */
    private TokenizedText tokenizePortions(String text) {
        IntStream.Builder ids = IntStream.builder();
        for (int start = 0; start < text.length(); ) {
            int blank = text.indexOf(' ', Math.min(start + PORTION, text.length()));
            int end = blank < 0 ? text.length() : blank;
            for (long id : ids(text.substring(start, end))) {
                ids.add(Math.toIntExact(id));
            }
            start = end;
        }
        return new TokenizedText(ids.build().toArray(), false);
    }

    private static int[] toInts(long[] ids, int from, int to) {
        int[] ints = new int[to - from];
        for (int index = 0; index < ints.length; index++) {
            ints[index] = Math.toIntExact(ids[from + index]);
        }
        return ints;
    }

    private static int leading(long[] specialTokenMask) {
        int count = 0;
        while (count < specialTokenMask.length && specialTokenMask[count] == 1) {
            count++;
        }
        return count;
    }

    private static int specialTokens(long[] specialTokenMask) {
        return (int) Arrays.stream(specialTokenMask).sum();
    }

    /** Waits for texts that are being tokenized: the native library must not be freed under them. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            tokenizer.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
