package dev.embedding.http.exchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Bytes of a JSON text that consists of vectors for the most part; grows when it must. */
public final class VectorText {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private static final int BYTES_PER_NUMBER = 13;
    private static final int BYTES_AROUND = 256;

    private byte[] bytes;
    private int length;

    private VectorText(int expected) {
        bytes = new byte[expected];
    }

    /**
     * With room for vectors as numbers.
     *
     * @param bytesBetween what comes before each vector
     */
    public static VectorText ofNumbers(int vectors, int dimension, int bytesBetween) {
        // The room that a vector needs before it is written is more than it takes then.
        return new VectorText(Math.toIntExact(
                mostBytes(vectors, dimension, bytesBetween) + (long) FloatWriter.MOST_BYTES * dimension));
    }

    /** How large a text with vectors as numbers gets, about. */
    public static long mostBytes(int vectors, int dimension, int bytesBetween) {
        return (long) vectors * ((long) dimension * BYTES_PER_NUMBER + bytesBetween) + BYTES_AROUND;
    }

    public VectorText append(byte[] text) {
        return append(text, text.length);
    }

    private VectorText append(byte[] text, int count) {
        ensureRoom(count);
        System.arraycopy(text, 0, bytes, length, count);
        length += count;
        return this;
    }

    public VectorText append(char ascii) {
        ensureRoom(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Appends the vector, of at least one component, as an array of numbers. */
    public VectorText append(float[] vector) {
        ensureRoom(vector.length * (FloatWriter.MOST_BYTES + 1) + 1);
        byte[] target = bytes;
        int at = length;
        char before = '[';
        for (float component : vector) {
            target[at] = (byte) before;
            at = FloatWriter.write(component, target, at + 1);
            before = ',';
        }
        target[at] = ']';
        length = at + 1;
        return this;
    }

    /** Writes fields of an object that has begun. */
    @FunctionalInterface
    public interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** Appends the fields behind the vectors, and ends the object. */
    public VectorText end(Fields fields) {
        try (ByteArrayBuilder further = new ByteArrayBuilder(BYTES_AROUND);
                JsonGenerator json = JSON.createGenerator(further)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
            json.flush();
            byte[] object = further.toByteArray();
            object[0] = ','; // It goes on where the vectors ended.
            return append(object);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void ensureRoom(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length + bytes.length / 2));
        }
    }
}
