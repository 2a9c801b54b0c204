package dev.embedding.model.file;

import dev.embedding.model.file.SafetensorsHeader.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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
    private final Map<Path, MappedFile> mapped = new LinkedHashMap<>();

    private ModelWeights() {}

    /** The types that weights may have. */
    public enum Type {
        F32("fp32"),
        F16("fp16"),
        BF16("bf16");

        private final String precision;

        Type(String precision) {
            this.precision = precision;
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
        ModelWeights weights = new ModelWeights();
        try {
            for (Path link : files) {
                Path file = link.toRealPath(); // In a hub's cache the files are links.
                SafetensorsHeader header = SafetensorsHeader.read(file);
                header.names().forEach(name -> weights.owners.put(name, header));
                weights.mapped.put(file, MappedFile.open(file));
            }
            return weights;
        } catch (IOException | RuntimeException | Error failure) {
            weights.close();
            throw failure;
        }
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
        Region region = header.region(name, type == Type.F32 ? Float.BYTES : Short.BYTES);
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

    /** The bytes of a tensor of at most 2 GB. */
    public ByteBuffer bytes(Tensor tensor) {
        MappedFile file = mapped.get(tensor.file());
        if (file == null) {
            throw new IllegalStateException("The weights are closed");
        }
        return file.part(tensor.start(), tensor.bytes());
    }

    /** Gives the memory of what was read back to the system's file cache; it returns when it is read again. */
    public void giveBack() {
        mapped.values().forEach(MappedFile::giveBack);
    }

    @Override
    public void close() {
        mapped.values().forEach(MappedFile::close);
        mapped.clear();
    }
}
