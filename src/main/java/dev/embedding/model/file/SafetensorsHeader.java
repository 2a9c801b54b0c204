package dev.embedding.model.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Header of a safetensors file: types, shapes and places of its tensors.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">the format</a>
 */
final class SafetensorsHeader {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private final Path file;
    private final JsonNode tensors;
    private final long dataStart;
    private final long dataBytes;

    private SafetensorsHeader(Path file, JsonNode tensors, long dataStart, long dataBytes) {
        this.file = file;
        this.tensors = tensors;
        this.dataStart = dataStart;
        this.dataBytes = dataBytes;
    }

    /**
     * A part of the file.
     *
     * @param start counted from the beginning of the file
     */
    record Region(long start, long bytes) {}

    /** @throws IOException when it is not a safetensors file, or truncated */
    static SafetensorsHeader read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long rest = channel.size() - Long.BYTES;
            if (rest < 0) {
                throw new IOException(file.getFileName() + " is too short for a safetensors file");
            }
            long length = content(channel, 0, Long.BYTES).getLong();
            if (length < 0 || length > Math.min(MAX_HEADER_BYTES, rest)) {
                throw new IOException(file.getFileName() + " is not a safetensors file, or truncated");
            }
            byte[] header = content(channel, Long.BYTES, (int) length).array();
            return new SafetensorsHeader(file, JSON.readTree(header), Long.BYTES + length, rest - length);
        } catch (JsonProcessingException failure) {
            throw new IOException(file.getFileName() + " is not a safetensors file: its header is not JSON", failure);
        }
    }

    private static ByteBuffer content(FileChannel channel, long start, int bytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (content.hasRemaining() && channel.read(content, start + content.position()) >= 0) {
            // Until it is full, or the file ends.
        }
        return content.rewind();
    }

    Path file() {
        return file;
    }

    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        tensors.fieldNames().forEachRemaining(names::add);
        names.remove("__metadata__");
        return names;
    }

    boolean has(String name) {
        return tensors.has(name);
    }

    /** Its type under the format's name, as {@code F32}. */
    String type(String name) {
        return tensors.path(name).path("dtype").asText();
    }

    /** @throws IOException when there is no such tensor */
    int[] shape(String name) throws IOException {
        if (!has(name)) {
            throw new IOException(file.getFileName() + " has no tensor " + name);
        }
        JsonNode shape = tensors.path(name).path("shape");
        return IntStream.range(0, shape.size())
                // An invalid length, or one too large for this file, fails later as truncated.
                .map(axis -> shape.get(axis).canConvertToInt() ? shape.get(axis).asInt() : -1)
                .toArray();
    }

    /** @throws IOException when the file does not hold the whole tensor */
    Region region(String name, int bytesPerValue) throws IOException {
        long start = tensors.path(name).path("data_offsets").path(0).asLong(-1);
        long bytes = bytesPerValue;
        for (int length : shape(name)) {
            // A product beyond the file's size is not multiplied further, so it cannot overflow.
            bytes = length < 0 || bytes > dataBytes ? Long.MAX_VALUE : bytes * length;
        }
        if (start < 0 || bytes > dataBytes || start > dataBytes - bytes) {
            throw new IOException(file.getFileName() + " is truncated: " + name + " is not whole");
        }
        return new Region(dataStart + start, bytes);
    }
}
