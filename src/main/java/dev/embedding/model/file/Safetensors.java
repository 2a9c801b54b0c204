package dev.embedding.model.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A safetensors file: named tensors, mapped into memory.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">the format</a>
 */
public final class Safetensors {

    private final SafetensorsHeader header;

    private Safetensors(SafetensorsHeader header) {
        this.header = header;
    }

    /** @throws IOException when it is not a safetensors file, or truncated */
    public static Safetensors open(Path file) throws IOException {
        return new Safetensors(SafetensorsHeader.read(file));
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
        int[] shape = header.shape(name);
        FloatType type = type(name);
        return new Tensor(type, shape, content(name, type.bytes()));
    }

    private ByteBuffer content(String name, int bytesPerValue) throws IOException {
        SafetensorsHeader.Region region = header.region(name, bytesPerValue);
        if (region.bytes() > Integer.MAX_VALUE) {
            throw new IOException(name() + " has " + name + " of more than 2 GB, which is not supported");
        }
        try (FileChannel channel = FileChannel.open(header.file())) {
            return channel.map(FileChannel.MapMode.READ_ONLY, region.start(), region.bytes())
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private Path name() {
        return header.file().getFileName();
    }

    /**
     * The values of an integer tensor.
     *
     * @throws IOException when there is no such tensor, or it is of another type
     */
    int[] integers(String name) throws IOException {
        String type = header.type(name);
        if (header.has(name) && !type.equals("I32") && !type.equals("I64")) {
            throw new IOException(name() + " has " + name + " as " + type + ", which is not supported");
        }
        boolean wide = type.equals("I64");
        ByteBuffer content = content(name, wide ? Long.BYTES : Integer.BYTES);
        int[] values = new int[content.remaining() / (wide ? Long.BYTES : Integer.BYTES)];
        for (int index = 0; index < values.length; index++) {
            // Clamped values are out of range, as they would be without narrowing.
            values[index] =
                    wide ? (int) Math.min(Integer.MAX_VALUE, Math.max(-1, content.getLong())) : content.getInt();
        }
        return values;
    }

    private FloatType type(String tensor) throws IOException {
        String name = header.type(tensor);
        return FloatType.byName(name)
                .orElseThrow(
                        () -> new IOException(name() + " has " + tensor + " as " + name + ", which is not supported"));
    }

    /**
     * The values of a tensor in row-major order.
     *
     * @param shape the shape that it must have
     * @throws IOException when there is no such tensor, or its shape differs or its type is not a float
     */
    public float[] floats(String name, int... shape) throws IOException {
        int[] actual = header.shape(name);
        if (!Arrays.equals(actual, shape)) {
            throw new IOException(name() + " has no tensor " + name + " of the shape " + Arrays.toString(shape)
                    + ", but " + Arrays.toString(actual));
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
