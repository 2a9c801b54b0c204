package dev.embedding.http.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.edge.Fault;
import dev.embedding.serving.Indices;
import dev.embedding.serving.input.EmbeddingInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads the field {@code input}: a text, texts, a text's token ids, or those of several texts. */
final class OpenAiInput {

    static final String FIELD = "body.input";
    static final int MOST = 2_048;

    private static final int MOST_DIGITS = 9;
    private static final String SHAPE =
            "Input should be a string, a list of strings, a list of token ids, or a list of lists of token ids";

    private final List<EmbeddingInput> inputs = new ArrayList<>();
    private final List<Integer> empty = new ArrayList<>();
    private @Nullable Fault fault;
    private int count;

    private OpenAiInput() {}

    /** @param value the field's first token, which the parser stands on */
    static OpenAiInput read(JsonParser parser, JsonToken value) throws IOException {
        OpenAiInput input = new OpenAiInput();
        if (value == JsonToken.VALUE_STRING) {
            input.addText(parser.getText());
        } else if (value == JsonToken.START_ARRAY) {
            input.readList(parser);
        } else {
            parser.skipChildren();
            input.refuse();
        }
        return input;
    }

    List<EmbeddingInput> inputs() {
        return inputs;
    }

    Optional<Fault> fault() {
        if (fault != null) {
            return Optional.of(fault);
        }
        if (count == 0) {
            return Optional.of(new Fault(FIELD, "List should have at least 1 item, not 0", "too_short"));
        }
        if (count > MOST) {
            return Optional.of(
                    new Fault(FIELD, "List should have at most " + MOST + " items, not " + count, "too_long"));
        }
        return empty.isEmpty()
                ? Optional.empty()
                : Optional.of(new Fault(FIELD, "Input at index " + Indices.shown(empty) + " is empty", "value_error"));
    }

    private void readList(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == JsonToken.VALUE_NUMBER_INT) {
            addTokens(ids(parser, first));
            return;
        }
        for (JsonToken item = first; item != JsonToken.END_ARRAY; item = parser.nextToken()) {
            if (item != first) {
                parser.skipChildren();
                refuse();
            } else if (item == JsonToken.VALUE_STRING) {
                addText(parser.getText());
            } else if (item == JsonToken.START_ARRAY) {
                addTokens(ids(parser, parser.nextToken()));
            } else {
                parser.skipChildren();
                refuse();
            }
        }
    }

    /** @param first the list's first item, or its end */
    private int[] ids(JsonParser parser, JsonToken first) throws IOException {
        IntStream.Builder ids = IntStream.builder();
        for (JsonToken item = first; item != JsonToken.END_ARRAY; item = parser.nextToken()) {
            if (item == JsonToken.VALUE_NUMBER_INT) {
                // No tokenizer has an id with more digits.
                ids.add(parser.getTextLength() > MOST_DIGITS ? -1 : parser.getIntValue());
            } else {
                parser.skipChildren();
                refuse();
            }
        }
        return ids.build().toArray();
    }

    private void addText(String text) {
        add(new EmbeddingInput.Text(text));
    }

    private void addTokens(int[] ids) {
        add(new EmbeddingInput.TokenIds(ids));
    }

    private void add(EmbeddingInput input) {
        if (input.length() == 0) {
            empty.add(count);
        }
        if (count++ < MOST) {
            inputs.add(input);
        }
    }

    private void refuse() {
        fault = new Fault(FIELD, SHAPE, "invalid_type");
    }
}
