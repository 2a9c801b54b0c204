package dev.embedding.model;

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
 * A file of named tensors, mapped into memory.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">the format</a>
 */
public final class Safetensors {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LONGEST_HEADER = 100_000_000;

    private final Path file;
    private final JsonNode header;
    private final ByteBuffer data;

    private Safetensors(Path file, JsonNode header, ByteBuffer data) {
        this.file = file;
        this.header = header;
        this.data = data;
    }

    /** @throws IOException when it is no such file, or truncated */
    public static Safetensors open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
            if (content.remaining() < Long.BYTES) {
                throw new IOException(file.getFileName() + " is too short for a safetensors file");
            }
            long length = content.getLong();
            if (length < 0 || length > Math.min(LONGEST_HEADER, content.remaining())) {
                throw new IOException(file.getFileName() + " is no safetensors file, or truncated");
            }
            byte[] header = new byte[(int) length];
            content.get(header);
            return new Safetensors(file, JSON.readTree(header), content.slice().order(ByteOrder.LITTLE_ENDIAN));
        } catch (JsonProcessingException failure) {
            throw new IOException(file.getFileName() + " is no safetensors file: its header is no JSON", failure);
        }
    }

    /**
     * The values of a tensor in row-major order.
     *
     * @param shape that it must have
     * @throws IOException when there is no such tensor, or it is of another shape or of a type that is no float
     */
    public float[] floats(String name, int... shape) throws IOException {
        JsonNode tensor = header.path(name);
        int[] actual = IntStream.range(0, tensor.path("shape").size())
                .map(axis -> tensor.path("shape").get(axis).asInt())
                .toArray();
        if (tensor.isMissingNode() || !Arrays.equals(actual, shape)) {
            throw new IOException(file.getFileName() + " has no tensor " + name + " of the shape "
                    + Arrays.toString(shape) + (tensor.isMissingNode() ? "" : ", but " + Arrays.toString(actual)));
        }
        int count = Math.toIntExact(Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact));
        long start = tensor.path("data_offsets").path(0).asLong(-1);
        String type = tensor.path("dtype").asText();
        int size = type.equals("F32") ? Float.BYTES : Short.BYTES;
        if (start < 0 || start + (long) count * size > data.limit()) {
            throw new IOException(file.getFileName() + " is truncated: " + name + " is not whole");
        }
        float[] values = new float[count];
        for (int index = 0; index < count; index++) {
            int at = Math.toIntExact(start + (long) index * size);
            values[index] = switch (type) {
                case "F32" -> data.getFloat(at);
                case "F16" -> halfToFloat(data.getShort(at));
                case "BF16" -> Float.intBitsToFloat(data.getShort(at) << Short.SIZE);
                default ->
                    throw new IOException(
                            file.getFileName() + " has " + name + " as " + type + ", which is not supported");
            };
        }
        return values;
    }

    private static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float value = fraction * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        int bits = exponent == 0x1f ? 0x7f800000 : (exponent + 112) << 23;
        return Float.intBitsToFloat(sign | bits | fraction << 13);
    }
}
