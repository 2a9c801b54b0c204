package dev.embedding.serving.input;

import java.util.List;

/** One thing to be embedded. */
public sealed interface EmbeddingInput {

    /** How much work it is, in characters or tokens. */
    int length();

    /** Each text as an input. */
    static List<EmbeddingInput> ofTexts(List<String> texts) {
        return texts.stream().<EmbeddingInput>map(Text::new).toList();
    }

    /** A text as people write it. */
    record Text(String text) implements EmbeddingInput {
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
