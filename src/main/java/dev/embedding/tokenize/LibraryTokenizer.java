package dev.embedding.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * A tokenizer of the native library. Padding and truncation of a {@code tokenizer.json} are switched off.
 *
 * <p>While encoding a text, the library allocates about 300 bytes of native memory for each of its characters.
 */
final class LibraryTokenizer implements TextEncoder, AutoCloseable {

    private final HuggingFaceTokenizer tokenizer;

    private LibraryTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** @throws IllegalArgumentException when it is not a valid tokenizer */
    static LibraryTokenizer load(TokenizerDefinition definition, String fileName) throws IOException {
        TokenizerLibrary.load();
        try (InputStream json = definition.content()) {
            return new LibraryTokenizer(
                    HuggingFaceTokenizer.newInstance(json, Map.of("truncation", "false", "padding", "false")));
        } catch (RuntimeException failure) {
            throw new IllegalArgumentException(
                    fileName + " is no tokenizer that can be read: " + failure.getMessage(), failure);
        }
    }

    /**
     * Returns the ids only. {@code HuggingFaceTokenizer.encode} also creates objects for each token's text and
     * position, which takes longer than tokenizing.
     */
    @Override
    public int[] encode(String text) {
        long encoding = TokenizersLibrary.LIB.encode(tokenizer.getHandle(), text, false);
        try {
            return toInts(TokenizersLibrary.LIB.getTokenIds(encoding));
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    /** The special tokens that are added to each text, found by encoding a short one. */
    SpecialTokens specialTokens() {
        long encoding = TokenizersLibrary.LIB.encode(tokenizer.getHandle(), "a", true);
        try {
            return SpecialTokens.of(
                    toInts(TokenizersLibrary.LIB.getTokenIds(encoding)),
                    TokenizersLibrary.LIB.getSpecialTokenMask(encoding));
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    private static int[] toInts(long[] ids) {
        int[] ints = new int[ids.length];
        for (int index = 0; index < ints.length; index++) {
            ints[index] = Math.toIntExact(ids[index]);
        }
        return ints;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
