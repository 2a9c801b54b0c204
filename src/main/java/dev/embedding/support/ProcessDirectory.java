package dev.embedding.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Directory of this process below {@code java.io.tmpdir}, for unpacked native libraries and temporary files. Only its
 * user may enter it.
 *
 * <p>Its file {@code lock} is locked while the process lives, and the operating system releases the lock however the
 * process ends: this also holds between containers that share a directory, where process ids mean nothing. A later
 * process removes the directories whose lock it can take, see {@link AbandonedDirectories}. A regular exit removes it.
 */
public final class ProcessDirectory {

    static final String PREFIX = "embedding-service-run-";
    static final String LOCK = "lock";

    private static final String SETTING = "java.io.tmpdir";

    private static @Nullable ProcessDirectory ofThisProcess;

    private final Path path;

    /** The open file holds the lock, so it must stay reachable. */
    @SuppressWarnings({"unused", "FieldCanBeLocal"})
    private final FileLock lock;

    private ProcessDirectory(Path path, FileLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * The directory, which is created on first use.
     *
     * @throws UnusableDirectoryException when {@code java.io.tmpdir} is not a directory in which another can be created
     */
    public static synchronized Path path() {
        if (ofThisProcess == null) {
            Path parent = parent();
            try {
                ofThisProcess = createIn(parent);
            } catch (IOException failure) {
                throw unusable("be an existing directory that can be written and has room", failure);
            }
            AbandonedDirectories.removeBeside(ofThisProcess.path);
        }
        return ofThisProcess.path;
    }

    /** Failure to use {@code java.io.tmpdir}, worded for the operator. */
    public static UnusableDirectoryException unusable(String rule, Throwable cause) {
        return UnusableDirectoryException.of(SETTING, rule, parent(), cause);
    }

    private static Path parent() {
        return Path.of(System.getProperty(SETTING)).toAbsolutePath();
    }

    private static ProcessDirectory createIn(Path parent) throws IOException {
        while (true) {
            Path path = Files.createTempDirectory(parent, PREFIX);
            Path file = path.resolve(LOCK);
            FileChannel channel;
            try {
                channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (NoSuchFileException removed) {
                continue;
            }
            FileLock lock = channel.tryLock();
            // INVARIANT: others remove a directory only while they hold its lock, so one that is there now stays.
            if (lock != null && Files.exists(file)) {
                deleteAtExit(path);
                deleteAtExit(file);
                return new ProcessDirectory(path, lock);
            }
            channel.close();
        }
    }

    /**
     * Deletes a file, or a directory with its current content, when the JVM exits, after everything has been stopped.
     */
    public static void deleteAtExit(Path path) {
        try (Stream<Path> content = Files.walk(path)) {
            content.forEach(each -> each.toFile().deleteOnExit());
        } catch (IOException | UncheckedIOException unreadable) {
            path.toFile().deleteOnExit();
        }
    }
}
