package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadContext;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Lets Jackson read the tokens of a {@link JsonReader}, and knows the path of the value that is being read. Values are
 * taken by {@link LeafReader}s from the reader itself, so the parser gives no numbers and only short texts.
 */
final class JsonReaderParser extends TextOnlyParser {

    private static final int VALUES_PER_CLAIM = 1 << 8;

    /** Estimated bytes of an item of a list or of a field of an item: a reference, a text and its piece. */
    private static final int BYTES_PER_VALUE = 128;

    private final JsonReader json;
    private final String noObject;
    private final BodyFaults faults = new BodyFaults(this::path);
    private JsonReadContext context = JsonReadContext.createRootContext(null);
    private int openLists;
    private int valuesInLists;

    /**
     * @param first the token that the reader is at
     * @param noObject type of the fault where an object is expected and something else is given
     */
    JsonReaderParser(JsonReader json, JsonToken first, String noObject) {
        this.json = json;
        this.noObject = noObject;
        _currToken = first;
        enter(first);
    }

    BodyFaults faults() {
        return faults;
    }

    String noObject() {
        return noObject;
    }

    /** Reads the current value by its tokens. */
    <T> @Nullable T read(LeafReader<T> reader) {
        claimValue();
        T value = reader.read(json, _currToken, faults);
        leave();
        return value;
    }

    /** Claims memory for a value that is kept; outside of lists, values are few. */
    void claimValue() {
        if (openLists > 0 && ++valuesInLists % VALUES_PER_CLAIM == 0) {
            json.claim(VALUES_PER_CLAIM * BYTES_PER_VALUE);
        }
    }

    /** Path of the current value, such as {@code body.inputs.3.text}. */
    String path() {
        StringBuilder path = new StringBuilder();
        for (JsonReadContext at = context; !at.inRoot(); at = at.getParent()) {
            if (at.hasCurrentName()) {
                path.insert(0, "." + at.getCurrentName());
            } else if (at.hasCurrentIndex()) {
                path.insert(0, "." + at.getCurrentIndex());
            }
        }
        return path.insert(0, "body").toString();
    }

    @Override
    public @Nullable JsonToken nextToken() throws IOException {
        JsonToken token = json.next();
        if (token == JsonToken.NOT_AVAILABLE) {
            _currToken = null;
            return null;
        }
        _currToken = token;
        if (token == JsonToken.FIELD_NAME) {
            context.setCurrentName(json.shortText());
        } else if (token.isStructEnd()) {
            close(token);
        } else {
            enter(token);
        }
        return token;
    }

    private void enter(JsonToken token) {
        if (context.inArray()) {
            context.expectComma(); // counts the items
        }
        if (token == JsonToken.START_OBJECT) {
            context = context.createChildObjectContext(0, 0);
        } else if (token == JsonToken.START_ARRAY) {
            context = context.createChildArrayContext(0, 0);
            openLists++;
        }
    }

    private void close(JsonToken end) {
        context = context.getParent();
        if (end == JsonToken.END_ARRAY) {
            openLists--;
        }
    }

    /** Leaves the current value, of which the reader has read the last token. */
    private void leave() {
        if (_currToken == JsonToken.START_OBJECT) {
            _currToken = JsonToken.END_OBJECT;
            close(_currToken);
        } else if (_currToken == JsonToken.START_ARRAY) {
            _currToken = JsonToken.END_ARRAY;
            close(_currToken);
        }
    }

    @Override
    public JsonReaderParser skipChildren() {
        json.skipChildren(_currToken);
        leave();
        return this;
    }

    @Override
    public @Nullable String currentName() {
        return context.getCurrentName();
    }

    @Override
    public JsonStreamContext getParsingContext() {
        return context;
    }

    /** The text, truncated when it is too long to be a known name. */
    @Override
    public String getText() {
        return json.shortText();
    }
}
