package dev.embedding.http.openai;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.exchange.json.BodyFaults;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.http.exchange.json.LeafReader;
import dev.embedding.serving.InputIndices;
import dev.embedding.serving.model.Input;
import dev.embedding.support.Utf8Text;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the field {@code input}: a text, a list of texts, the token ids of a text, or those of several texts. Texts are
 * not copied.
 */
@RegisterForReflection
final class OpenAiInput extends LeafReader<List<Input>> {

    static final int MAX_INPUTS = 2_048;

    /** Maximum token ids of one input. No model accepts a hundredth of it. */
    private static final int MAX_IDS = 1 << 20;

    private static final int IDS_PER_CLAIM = 1 << 10;
    private static final String SHAPE =
            "Input should be a string, a list of strings, a list of token ids, or a list of lists of token ids";

    OpenAiInput() {
        super(List.class);
    }

    @Override
    protected boolean readsNull() {
        return true;
    }

    @Override
    protected @Nullable List<Input> read(JsonReader json, JsonToken first, BodyFaults faults) {
        Items items = new Items();
        items.read(json, first);
        items.addFault(faults);
        return items.inputs;
    }

    /** Inputs that are read, and what is wrong with them. */
    private static final class Items {
        private final List<Input> inputs = new ArrayList<>();
        private final List<Integer> empty = new ArrayList<>();
        private boolean mistyped;
        private int count;
        private int idCount;

        /** Index of the first input with too many ids. */
        private OptionalInt overlong = OptionalInt.empty();

        void read(JsonReader json, JsonToken first) {
            if (first == JsonToken.VALUE_STRING) {
                addText(json.text());
            } else if (first == JsonToken.START_ARRAY) {
                readList(json);
            } else {
                json.skipChildren(first);
                mistyped = true;
            }
        }

        void addFault(BodyFaults faults) {
            if (mistyped) {
                faults.add(SHAPE, "invalid_type");
            } else if (count == 0) {
                faults.add("List should have at least 1 item, not 0", "too_short");
            } else if (count > MAX_INPUTS) {
                faults.add("List should have at most " + MAX_INPUTS + " items, not " + count, "too_long");
            } else if (overlong.isPresent()) {
                faults.add(
                        "Input at index " + overlong.getAsInt() + " has more than " + MAX_IDS + " token ids",
                        "too_long");
            } else if (!empty.isEmpty()) {
                faults.add("Input at index " + InputIndices.shown(empty) + " is empty", "value_error");
            }
        }

        private void readList(JsonReader json) {
            JsonToken first = json.next();
            if (first == JsonToken.VALUE_NUMBER_INT) {
                addTokens(ids(json, first));
                return;
            }
            for (JsonToken item = first; item != JsonToken.END_ARRAY; item = json.next()) {
                if (item != first) {
                    json.skipChildren(item);
                    mistyped = true;
                } else if (count >= MAX_INPUTS) {
                    json.skipChildren(item);
                    count++;
                } else if (item == JsonToken.VALUE_STRING) {
                    addText(json.text());
                } else if (item == JsonToken.START_ARRAY) {
                    addTokens(ids(json, json.next()));
                } else {
                    json.skipChildren(item);
                    mistyped = true;
                }
            }
        }

        /** @param first the list's first item, or its end */
        private int[] ids(JsonReader json, JsonToken first) {
            IntStream.Builder ids = IntStream.builder();
            int length = 0;
            for (JsonToken item = first; item != JsonToken.END_ARRAY; item = json.next()) {
                if (item != JsonToken.VALUE_NUMBER_INT) {
                    json.skipChildren(item);
                    mistyped = true;
                } else if (++length <= MAX_IDS) {
                    ids.add(json.intValue());
                    if (++idCount % IDS_PER_CLAIM == 0) {
                        json.claim(IDS_PER_CLAIM * Integer.BYTES);
                    }
                }
            }
            if (length > MAX_IDS) {
                overlong = OptionalInt.of(overlong.orElse(count));
            }
            return ids.build().toArray();
        }

        private void addText(Utf8Text text) {
            add(new Input.Text(text));
        }

        private void addTokens(int[] ids) {
            add(new Input.TokenIds(ids));
        }

        private void add(Input input) {
            if (input.length() == 0) {
                empty.add(count);
            }
            inputs.add(input);
            count++;
        }
    }
}
