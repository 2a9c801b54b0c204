package dev.embedding.model.file;

import dev.embedding.model.file.ModelWeights.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files mapped into memory as they lie there. No buffer may be read after closing. */
public final class MappedFiles implements AutoCloseable {

    private final Map<Path, MappedFile> mapped = new LinkedHashMap<>();

    private MappedFiles() {}

    /**
     * Maps files.
     *
     * @param files without links
     */
    public static MappedFiles open(Collection<Path> files) throws IOException {
        MappedFiles opened = new MappedFiles();
        try {
            for (Path file : files) {
                if (!opened.mapped.containsKey(file)) {
                    opened.mapped.put(file, MappedFile.open(file));
                }
            }
            return opened;
        } catch (IOException | RuntimeException | Error failure) {
            opened.close();
            throw failure;
        }
    }

    /** The bytes of a tensor of at most 2 GB. */
    public ByteBuffer bytes(Tensor tensor) {
        return bytes(tensor.file(), tensor.start(), tensor.bytes());
    }

    /** A part of at most 2 GB. */
    ByteBuffer bytes(Path path, long start, long bytes) {
        MappedFile file = mapped.get(path);
        if (file == null) {
            throw new IllegalStateException("The weights are closed");
        }
        return file.part(start, bytes);
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
