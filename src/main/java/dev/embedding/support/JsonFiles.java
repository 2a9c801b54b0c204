package dev.embedding.support;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** JSON files in a directory that replicas may share. Writes are atomic: to a temporary file, which is then renamed. */
public final class JsonFiles {

    private static final System.Logger LOG = System.getLogger(JsonFiles.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Far more than the vectors of a few texts need. */
    private static final long MAX_FILE_BYTES = 16 << 20;

    private final Path directory;

    /** @param directory created by the first write */
    public JsonFiles(Path directory) {
        this.directory = directory;
    }

    /** Reads a file; empty when there is none, and, with a warning, when it cannot be read. */
    public <T> Optional<T> read(String name, Class<T> type) {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IOException("It is too large");
            }
            return Optional.ofNullable(JSON.readValue(file.toFile(), type));
        } catch (IOException unusable) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be read and will be replaced", name);
            return Optional.empty();
        }
    }

    /** @throws IOException when the file cannot be written; an existing file then stays unchanged */
    public void write(String name, Object value) throws IOException {
        FileReplacement.replace(Files.createDirectories(directory).resolve(name), JSON.writeValueAsBytes(value));
    }
}
