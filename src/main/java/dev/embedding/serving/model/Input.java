package dev.embedding.serving.model;

import dev.embedding.support.Utf8Text;
import java.util.List;

/** Input to be embedded: a text or token ids. */
public sealed interface Input {

    /** Length as a measure of work, in bytes of a text or in tokens. */
    int length();

    /** Converts each text to an input. */
    static List<Input> ofTexts(List<String> texts) {
        return texts.stream().<Input>map(text -> new Text(Utf8Text.of(text))).toList();
    }

    /** Text that is tokenized by the service. */
    record Text(Utf8Text text) implements Input {
        @Override
        public int length() {
            return text.length();
        }
    }

    /**
     * Text that the caller has tokenized.
     *
     * @param ids token ids including special tokens, without padding; must not be modified
     */
    record TokenIds(int[] ids) implements Input {
        @Override
        public int length() {
            return ids.length;
        }
    }
}
