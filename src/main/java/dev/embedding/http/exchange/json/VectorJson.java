package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Buffer for JSON that mostly consists of vectors; grows when necessary. */
public final class VectorJson extends OutputStream {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private static final int BYTES_PER_NUMBER = 13;
    private static final int BYTES_AROUND = 256;

    private byte[] bytes;
    private int length;

    /** @param expected estimated bytes of the JSON */
    public VectorJson(long expected) {
        bytes = new byte[Math.toIntExact(expected)];
    }

    /**
     * Estimated bytes of JSON with vectors as numbers.
     *
     * @param bytesBetween bytes that are written beside each vector
     */
    public static long estimateBytes(int vectors, int dimension, int bytesBetween) {
        // A vector needs more room before it is written than it takes afterwards.
        long roomOfLast = (long) FloatWriter.MOST_BYTES * dimension;
        return (long) vectors * ((long) dimension * BYTES_PER_NUMBER + bytesBetween) + roomOfLast + BYTES_AROUND;
    }

    /** Estimated bytes of JSON with vectors as base64. */
    public static long estimateBase64Bytes(int vectors, int dimension, int bytesBetween) {
        return (long) vectors * ((Float.BYTES * (long) dimension + 2) / 3 * 4 + bytesBetween) + BYTES_AROUND;
    }

    public VectorJson append(byte[] text) {
        write(text, 0, text.length);
        return this;
    }

    @Override
    public void write(byte[] source, int from, int count) {
        ensureRoom(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
    }

    @Override
    public void write(int value) {
        ensureRoom(1);
        bytes[length++] = (byte) value;
    }

    public VectorJson append(char ascii) {
        write(ascii);
        return this;
    }

    /** Appends the vector, of at least one component, as an array of numbers. */
    public VectorJson append(float[] vector) {
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

    /** Appends the vector's bytes, as little-endian 32-bit floats, as a string of base64. */
    public VectorJson appendBase64(float[] vector) {
        ByteBuffer floats = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        floats.asFloatBuffer().put(vector);
        return append('"').append(Base64.getEncoder().encode(floats.array())).append('"');
    }

    /** Writes a field with the indices of a request's inputs. */
    public static void writeIndices(JsonGenerator json, String field, List<Integer> indices) throws IOException {
        json.writeArrayFieldStart(field);
        for (int index : indices) {
            json.writeNumber(index);
        }
        json.writeEndArray();
    }

    /** Writes fields of an object that has begun. */
    @FunctionalInterface
    public interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** Appends the fields after the vectors, and ends the object. */
    public VectorJson end(Fields fields) {
        try (ByteArrayBuilder buffer = new ByteArrayBuilder(BYTES_AROUND);
                JsonGenerator json = JSON.createGenerator(buffer)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
            json.flush();
            byte[] object = buffer.toByteArray();
            object[0] = ','; // Continues the object after the vectors.
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
