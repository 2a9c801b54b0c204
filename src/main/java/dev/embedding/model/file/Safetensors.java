package dev.embedding.model.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A safetensors file: named tensors, mapped into memory.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">the format</a>
 */
public final class Safetensors {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private final Path file;
    private final JsonNode header;
    private final ByteBuffer data;

    private Safetensors(Path file, JsonNode header, ByteBuffer data) {
        this.file = file;
        this.header = header;
        this.data = data;
    }

    /** @throws IOException when it is not a safetensors file, or truncated */
    public static Safetensors open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new IOException(file.getFileName() + " is larger than 2 GB, which is not supported");
            }
            ByteBuffer content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
            if (content.remaining() < Long.BYTES) {
                throw new IOException(file.getFileName() + " is too short for a safetensors file");
            }
            long length = content.getLong();
            if (length < 0 || length > Math.min(MAX_HEADER_BYTES, content.remaining())) {
                throw new IOException(file.getFileName() + " is not a safetensors file, or truncated");
            }
            byte[] header = new byte[(int) length];
            content.get(header);
            return new Safetensors(file, JSON.readTree(header), content.slice().order(ByteOrder.LITTLE_ENDIAN));
        } catch (JsonProcessingException failure) {
            throw new IOException(file.getFileName() + " is not a safetensors file: its header is not JSON", failure);
        }
    }

    boolean has(String name) {
        return header.has(name);
    }

    /**
     * A tensor as it lies in the file.
     *
     * @param data its values in row-major order
     */
    record Tensor(FloatType type, int[] shape, ByteBuffer data) {}

    /** @throws IOException when there is no such tensor, or its type is not a float */
    Tensor tensor(String name) throws IOException {
        int[] shape = shape(name);
        FloatType type = type(name, header.path(name).path("dtype").asText());
        return new Tensor(type, shape, content(name, shape, type.bytes()));
    }

    private ByteBuffer content(String name, int[] shape, int bytesPerValue) throws IOException {
        long start = header.path(name).path("data_offsets").path(0).asLong(-1);
        long bytes = bytesPerValue;
        for (int length : shape) {
            // A product beyond the file's size is not multiplied further, so it cannot overflow.
            bytes = length < 0 || bytes > data.limit() ? Long.MAX_VALUE : bytes * length;
        }
        if (start < 0 || bytes > data.limit() || start > data.limit() - bytes) {
            throw new IOException(file.getFileName() + " is truncated: " + name + " is not whole");
        }
        return data.slice((int) start, (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The values of an integer tensor.
     *
     * @throws IOException when there is no such tensor, or it is of another type
     */
    int[] integers(String name) throws IOException {
        int[] shape = shape(name);
        String type = header.path(name).path("dtype").asText();
        if (!type.equals("I32") && !type.equals("I64")) {
            throw new IOException(file.getFileName() + " has " + name + " as " + type + ", which is not supported");
        }
        boolean wide = type.equals("I64");
        ByteBuffer content = content(name, shape, wide ? Long.BYTES : Integer.BYTES);
        int[] values = new int[content.remaining() / (wide ? Long.BYTES : Integer.BYTES)];
        for (int index = 0; index < values.length; index++) {
            // Clamped values are out of range, as they would be without narrowing.
            values[index] =
                    wide ? (int) Math.min(Integer.MAX_VALUE, Math.max(-1, content.getLong())) : content.getInt();
        }
        return values;
    }

    private int[] shape(String name) throws IOException {
        if (!has(name)) {
            throw new IOException(file.getFileName() + " has no tensor " + name);
        }
        JsonNode shape = header.path(name).path("shape");
        return IntStream.range(0, shape.size())
                // An invalid length, or one too large for this file, fails later as truncated.
                .map(axis -> shape.get(axis).canConvertToInt() ? shape.get(axis).asInt() : -1)
                .toArray();
    }

    private FloatType type(String tensor, String name) throws IOException {
        for (FloatType type : FloatType.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw new IOException(file.getFileName() + " has " + tensor + " as " + name + ", which is not supported");
    }

    /**
     * The values of a tensor in row-major order.
     *
     * @param shape the shape that it must have
     * @throws IOException when there is no such tensor, or its shape differs or its type is not a float
     */
    public float[] floats(String name, int... shape) throws IOException {
        int[] actual = shape(name);
        if (!Arrays.equals(actual, shape)) {
            throw new IOException(file.getFileName() + " has no tensor " + name + " of the shape "
                    + Arrays.toString(shape) + ", but " + Arrays.toString(actual));
        }
        Tensor tensor = tensor(name);
        ByteBuffer content = tensor.data();
        float[] values = new float[content.remaining() / tensor.type().bytes()];
        for (int index = 0; index < values.length; index++) {
            values[index] = tensor.type().read(content, index * tensor.type().bytes());
        }
        return values;
    }
}
