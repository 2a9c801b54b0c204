package dev.embedding.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The tokenizer of one model. Thread-safe.
 *
 * <p>Padding and truncation that a {@code tokenizer.json} brings along are switched off; texts are cut here, so that it
 * is known exactly whether something was lost. Of a long text only as much is tokenized as can matter: the work for a
 * text is bounded by what the model takes of it, not by its size.
 */
public final class TextTokenizer implements AutoCloseable {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final HuggingFaceTokenizer tokenizer;
    private final TextPrefix prefix;
    private final int maxTokens;
    private final int leadingSpecialTokens;
    private final int trailingSpecialTokens;
    private boolean closed;

    /**
     * Loads {@code tokenizer.json}.
     *
     * @param maxTokens most tokens of one text, special ones included
     * @throws IOException when the file cannot be read
     * @throws IllegalArgumentException when it is no tokenizer
     */
    public TextTokenizer(Path tokenizerJson, int maxTokens) throws IOException {
        TokenizerLibrary.prepare();
        this.tokenizer = load(tokenizerJson);
        this.maxTokens = maxTokens;
        long[] specialTokenMask = tokenizer.encode("a").getSpecialTokenMask();
        this.leadingSpecialTokens = leading(specialTokenMask);
        this.trailingSpecialTokens = specialTokens(specialTokenMask) - leadingSpecialTokens;
        if (maxTokens <= leadingSpecialTokens + trailingSpecialTokens) {
            throw new IllegalArgumentException("A maximum of " + maxTokens + " tokens leaves no room for text");
        }
        this.prefix = TextPrefix.forTokenizer(tokenizerJson, maxTokens);
    }

    private static HuggingFaceTokenizer load(Path tokenizerJson) throws IOException {
        Map<String, String> options = Map.of("addSpecialTokens", "true", "truncation", "false", "padding", "false");
        try (InputStream json = Files.newInputStream(tokenizerJson)) {
            return HuggingFaceTokenizer.newInstance(json, options);
        } catch (RuntimeException failure) {
            throw new IllegalArgumentException(
                    tokenizerJson.getFileName() + " is no tokenizer that can be read: " + failure.getMessage(),
                    failure);
        }
    }

    /** An upper estimate of the tokens of a text, from its length alone. */
    public int estimateTokens(String text) {
        return Math.min(maxTokens, text.length() / 3 + leadingSpecialTokens + trailingSpecialTokens + 1);
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
        for (int attempt = 0; ; attempt++) {
            TextPrefix.Cut cut = prefix.cut(valid, attempt);
            long[] ids = tokenizer.encode(cut.text()).getIds();
            if (cut.complete() || ids.length >= maxTokens + cut.surplusTokens()) {
                return truncate(ids);
            }
        }
    }

    private TokenizedText truncate(long[] ids) {
        int[] kept = new int[Math.min(ids.length, maxTokens)];
        for (int index = 0; index < kept.length; index++) {
            kept[index] = Math.toIntExact(ids[index]);
        }
        if (ids.length > maxTokens) {
            for (int back = 1; back <= trailingSpecialTokens; back++) {
                kept[maxTokens - back] = Math.toIntExact(ids[ids.length - back]);
            }
        }
        return new TokenizedText(kept, ids.length > maxTokens);
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
