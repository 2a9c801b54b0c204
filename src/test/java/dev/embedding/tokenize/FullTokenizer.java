package dev.embedding.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** The tokenizer library by itself, the reference for pieces: each text as a whole, truncated by the library. */
final class FullTokenizer implements AutoCloseable {

    private final HuggingFaceTokenizer tokenizer;

    FullTokenizer(Path tokenizerJson, int maxTokens) throws IOException {
        TokenizerLibrary.load();
        String length = Integer.toString(maxTokens);
        try (InputStream json = Files.newInputStream(tokenizerJson)) {
            this.tokenizer = HuggingFaceTokenizer.newInstance(
                    json,
                    Map.of(
                            "addSpecialTokens", "true",
                            "truncation", "true",
                            "maxLength", length,
                            "modelMaxLength", length,
                            "padding", "false"));
        }
    }

    int[] ids(String text) {
        return Arrays.stream(tokenizer.encode(text).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
