package dev.embedding.serving.model;

import dev.embedding.support.Utf8Text;
import java.util.List;

/** One thing to be embedded. */
public sealed interface EmbeddingInput {

    /** How much work it is, in bytes or tokens. */
    int length();

    /** Each text as an input. */
    static List<EmbeddingInput> ofTexts(List<String> texts) {
        return texts.stream()
                .<EmbeddingInput>map(text -> new Text(Utf8Text.of(text)))
                .toList();
    }

    /** A text as people write it. */
    record Text(Utf8Text text) implements EmbeddingInput {
        @Override
        public int length() {
            return text.length();
        }
    }

    /**
     * A text as its caller has tokenized it.
     *
     * @param ids token ids with the special ones, without padding; never to be changed
     */
    record TokenIds(int[] ids) implements EmbeddingInput {
        @Override
        public int length() {
            return ids.length;
        }
    }
}
