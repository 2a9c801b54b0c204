package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;

/**
 * Writes a value of a response as bytes, for components of records that are written by {@link JsonRecords}: vectors, and
 * lists of objects with vectors, where Jackson's handling of each object would take noticeable time.
 */
public abstract class LeafWriter<T> extends JsonSerializer<T> {

    /** Appends the whole value. */
    protected abstract void write(T value, VectorJson json);

    @Override
    public final void serialize(T value, JsonGenerator json, SerializerProvider serializers) throws IOException {
        json.writeRawValue(""); // what precedes the value
        json.flush();
        write(value, (VectorJson) json.getOutputTarget());
    }
}
