package dev.embedding.model.file;

import dev.embedding.model.file.SafetensorsHeader.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The weights of a model, in one safetensors file or several, mapped into memory as they lie there. No buffer may be
 * read after closing.
 */
public final class ModelWeights implements AutoCloseable {

    private final Map<String, SafetensorsHeader> owners = new LinkedHashMap<>();
    private final MappedFiles mapped;

    private ModelWeights(MappedFiles mapped) {
        this.mapped = mapped;
    }

    /** The types that weights may have. */
    public enum Type {
        F32("fp32", FloatType.F32),
        F16("fp16", FloatType.F16),
        BF16("bf16", FloatType.BF16);

        private final String precision;
        private final FloatType format;

        Type(String precision, FloatType format) {
            this.precision = precision;
            this.format = format;
        }

        /** Bytes of a number. */
        public int bytes() {
            return format.bytes();
        }

        /** The number that starts at a byte of a buffer. */
        public float read(ByteBuffer content, int start) {
            return format.read(content, start);
        }

        /** Finds a type by the format's name. */
        private static Optional<Type> of(String name) {
            return Arrays.stream(values())
                    .filter(type -> type.name().equals(name))
                    .findFirst();
        }
    }

    /**
     * A tensor of the files.
     *
     * @param file without links
     * @param start where it begins in the file
     */
    public record Tensor(String name, Type type, int[] shape, Path file, long start, long bytes) {}

    /** @throws IOException when a file is not in the format, or cannot be read */
    public static ModelWeights open(List<Path> files) throws IOException {
        List<SafetensorsHeader> headers = new ArrayList<>();
        for (Path link : files) {
            headers.add(SafetensorsHeader.read(link.toRealPath())); // In a hub's cache the files are links.
        }
        ModelWeights weights = new ModelWeights(
                MappedFiles.open(headers.stream().map(SafetensorsHeader::file).toList()));
        headers.forEach(header -> header.names().forEach(name -> weights.owners.put(name, header)));
        return weights;
    }

    public Set<String> names() {
        return Collections.unmodifiableSet(owners.keySet());
    }

    public boolean has(String name) {
        return owners.containsKey(name);
    }

    /** @throws IOException when there is no such tensor, it is not whole, or of another type */
    public Tensor tensor(String name) throws IOException {
        SafetensorsHeader header = owners.get(name);
        if (header == null) {
            throw new IOException("There is no weight " + name);
        }
        Type type = Type.of(header.type(name))
                .orElseThrow(() -> new IOException(header.file().getFileName() + " has " + name + " as "
                        + header.type(name) + "; supported are F32, F16 and BF16"));
        Region region = header.region(name, type.bytes());
        return new Tensor(name, type, header.shape(name), header.file(), region.start(), region.bytes());
    }

    /** {@code fp32}, {@code fp16} or {@code bf16}: that of most of the bytes. */
    public String precision() throws IOException {
        Map<String, Long> bytes = new LinkedHashMap<>();
        for (String name : names()) {
            Optional<Type> type =
                    Type.of(Objects.requireNonNull(owners.get(name)).type(name));
            if (type.isPresent()) {
                bytes.merge(type.get().precision, tensor(name).bytes(), Long::sum);
            }
        }
        return bytes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(Type.F32.precision);
    }

    /** The files, which are closed with this. */
    public MappedFiles files() {
        return mapped;
    }

    @Override
    public void close() {
        mapped.close();
    }
}
