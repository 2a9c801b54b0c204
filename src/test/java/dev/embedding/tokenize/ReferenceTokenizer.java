package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.ReferenceModel;
import dev.embedding.support.Utf8Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A tokenizer with its split methods, for comparing pieces with whole texts. */
final class ReferenceTokenizer implements AutoCloseable {

    private final Path file;
    private final LibraryTokenizer library;
    private final SplitMethod fromStart;
    private final SplitMethod fromEnd;

    ReferenceTokenizer(Path file) throws IOException {
        TokenizerDefinition definition = TokenizerDefinition.read(file);
        this.file = file;
        this.library = LibraryTokenizer.load(definition, "tokenizer.json");
        this.fromStart = SplitMethod.of(definition, library, false);
        this.fromEnd = SplitMethod.of(definition, library, true);
    }

    static ReferenceTokenizer of(String model) throws IOException {
        return new ReferenceTokenizer(ReferenceModel.of(model).tokenizer());
    }

    LibraryTokenizer library() {
        return library;
    }

    SplitMethod method(boolean keepsEnd) {
        return keepsEnd ? fromEnd : fromStart;
    }

    /** Compares the first tokens, the last ones and, where pieces can be joined, all. */
    void requireIdsOfWhole(int maxTokens, String text) {
        int[] whole = library.encode(Surrogates.replaceLone(text));
        int count = Math.min(maxTokens, whole.length);
        requireIds(Arrays.copyOf(whole, count), maxTokens, false, text);
        requireIds(Arrays.copyOfRange(whole, whole.length - count, whole.length), maxTokens, true, text);
        if (fromStart.joinsPieces()) {
            requireIds(whole, Integer.MAX_VALUE, false, text);
        }
    }

    private void requireIds(int[] ids, int maxTokens, boolean keepsEnd, String text) {
        TokenizedText tokenized = new PieceTokenizer(library, method(keepsEnd), maxTokens, keepsEnd)
                .tokenize(Utf8Text.of(text), () -> {});
        assertThat(Arrays.mismatch(tokenized.ids(), ids))
                .as("where the ids differ, of %d with %s for %s", maxTokens, method(keepsEnd), file)
                .isEqualTo(-1);
    }

    @Override
    public void close() {
        library.close();
    }
}
