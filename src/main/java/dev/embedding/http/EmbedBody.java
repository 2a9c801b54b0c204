package dev.embedding.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.edge.Fault;
import dev.embedding.http.edge.InvalidRequestException;
import dev.embedding.http.exchange.RequestBodies;
import dev.embedding.serving.Indices;
import dev.embedding.serving.PromptChoice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the body of {@code POST /embed} asks for. */
record EmbedBody(List<String> texts, PromptChoice prompt) {

    static final int MAX_TEXTS = 1_000;

    private static final String TEXTS = "texts";
    private static final String FIELD = "body.texts";

    /** @throws InvalidRequestException with every fault of the body */
    static EmbedBody parse(byte[] body) {
        return RequestBodies.read(body, EmbedBody::read);
    }

    private static EmbedBody read(JsonParser parser, JsonToken first) throws IOException {
        if (first != JsonToken.START_OBJECT) {
            parser.skipChildren();
            throw new InvalidRequestException(
                    new Fault("body", "Input should be an object with the field texts", "model_attributes_type"));
        }
        TextsField field = null;
        PromptFields prompt = new PromptFields();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals(TEXTS)) {
                field = TextsField.read(parser, value);
            } else {
                prompt.read(name, parser, value);
                parser.skipChildren();
            }
        }
        return checked(field, prompt);
    }

    private static EmbedBody checked(@Nullable TextsField field, PromptFields prompt) {
        List<Fault> faults = new ArrayList<>();
        if (field == null) {
            faults.add(new Fault(FIELD, "Field required", "missing"));
        } else {
            faults.addAll(field.faults());
            List<Integer> blank = blankIndices(field.texts());
            if (field.faults().isEmpty() && !blank.isEmpty()) {
                faults.add(new Fault(FIELD, blankMessage(blank), "value_error"));
            }
        }
        faults.addAll(prompt.faults());
        if (field == null || !faults.isEmpty()) {
            throw new InvalidRequestException(faults);
        }
        return new EmbedBody(field.texts(), prompt.choice());
    }

    private static List<Integer> blankIndices(List<String> texts) {
        return IntStream.range(0, texts.size())
                .filter(index -> TextRules.isBlank(texts.get(index)))
                .boxed()
                .toList();
    }

    private static String blankMessage(List<Integer> blank) {
        return "Text at index " + Indices.shown(blank) + " is empty or only white space";
    }

    /** The value of {@code texts}: either all texts, or what is wrong with it. */
    private record TextsField(List<String> texts, List<Fault> faults) {

        static TextsField read(JsonParser parser, JsonToken value) throws IOException {
            if (value != JsonToken.START_ARRAY) {
                parser.skipChildren();
                return faulty(new Fault(FIELD, "Input should be a valid list", "list_type"));
            }
            List<String> texts = new ArrayList<>();
            List<Fault> faults = new ArrayList<>();
            int count = 0;
            for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                if (count++ >= MAX_TEXTS) {
                    parser.skipChildren();
                } else if (item == JsonToken.VALUE_STRING) {
                    texts.add(parser.getText());
                } else {
                    parser.skipChildren();
                    faults.add(new Fault(FIELD + "." + (count - 1), "Input should be a valid string", "string_type"));
                }
            }
            if (count == 0) {
                return faulty(new Fault(FIELD, "List should have at least 1 item, not 0", "too_short"));
            }
            if (count > MAX_TEXTS) {
                return faulty(
                        new Fault(FIELD, "List should have at most " + MAX_TEXTS + " items, not " + count, "too_long"));
            }
            return new TextsField(texts, faults);
        }

        private static TextsField faulty(Fault fault) {
            return new TextsField(List.of(), List.of(fault));
        }
    }
}
