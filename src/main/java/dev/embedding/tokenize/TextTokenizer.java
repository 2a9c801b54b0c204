package dev.embedding.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
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
    private final int leadingSpecialTokens;
    private final int trailingSpecialTokens;
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
        long[] specialTokenMask = tokenizer.encode("a").getSpecialTokenMask();
        this.leadingSpecialTokens = leading(specialTokenMask);
        this.trailingSpecialTokens = specialTokens(specialTokenMask) - leadingSpecialTokens;
        if (maxTokens <= leadingSpecialTokens + trailingSpecialTokens) {
            throw new IllegalArgumentException("A maximum of " + maxTokens + " tokens leaves no room for text");
        }
        this.estimator = new TokenEstimator(leadingSpecialTokens + trailingSpecialTokens, maxTokens);
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

    private TokenizedText tokenizeOpen(String text) {
        String valid = Surrogates.replaceLone(text);
        if (splitsAtBlanks && valid.length() > PORTION) {
            return tokenizePortions(valid);
        }
        for (int attempt = 0; ; attempt++) {
            TextPrefix.Cut cut = prefix.cut(valid, attempt);
            long[] ids = ids(cut.text());
            if (cut.complete() || ids.length >= maxTokens + cut.surplusTokens()) {
                return truncate(ids);
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

    private TokenizedText truncate(long[] ids) {
        int surplus = ids.length - maxTokens;
        if (surplus <= 0) {
            int[] all = new int[ids.length];
            copy(ids, 0, all, 0, ids.length);
            return new TokenizedText(all, false);
        }
        // The special tokens at both ends stay.
        int cutFrom = cutsStart ? leadingSpecialTokens : maxTokens - trailingSpecialTokens;
        int[] kept = new int[maxTokens];
        copy(ids, 0, kept, 0, cutFrom);
        copy(ids, cutFrom + surplus, kept, cutFrom, maxTokens - cutFrom);
        return new TokenizedText(kept, true);
    }

    private static void copy(long[] from, int start, int[] to, int at, int count) {
        for (int index = 0; index < count; index++) {
            to[at + index] = Math.toIntExact(from[start + index]);
        }
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
