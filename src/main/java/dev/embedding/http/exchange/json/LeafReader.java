package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a value of a body from its tokens, for components of records that are read by {@link JsonRecords}. A value that
 * it does not accept is a fault, and null instead; nothing is thrown, so that all faults of a body are found.
 */
public abstract class LeafReader<T> extends StdDeserializer<T> {

    protected LeafReader(Class<? super T> type) {
        super(type);
    }

    /**
     * Reads a value from its first token to its last.
     *
     * @param first the token that the parser is at
     */
    protected abstract @Nullable T read(JsonReader json, JsonToken first, BodyFaults faults);

    @Override
    public final @Nullable T deserialize(JsonParser parser, DeserializationContext context) {
        return ((JsonReaderParser) parser).read(this);
    }

    /** Whether null is read, too; otherwise the null of a field is as if the field were absent. */
    protected boolean readsNull() {
        return false;
    }

    @Override
    public final @Nullable T getNullValue(DeserializationContext context) {
        return readsNull() ? deserialize(context.getParser(), context) : null;
    }

    /** Skips a value that is not accepted. */
    protected final @Nullable T reject(
            JsonReader json, JsonToken first, BodyFaults faults, String message, String type) {
        json.skipChildren(first);
        faults.add(message, type);
        return null;
    }

    /** Skips a value that is no string. */
    protected final @Nullable T rejectAsString(JsonReader json, JsonToken first, BodyFaults faults) {
        return reject(json, first, faults, "Input should be a valid string", "invalid_type");
    }
}
