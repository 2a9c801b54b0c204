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
 * The directory of this process below {@code java.io.tmpdir}, for native libraries that it unpacks and for files that it
 * writes for a while. Only its user may enter it.
 *
 * <p>Its file {@code lock} is locked while the process lives, and the system gives the lock back however the process ends:
 * this also holds between containers that share a directory, where process ids mean nothing. A later process removes the
 * directories whose lock it can take, see {@link AbandonedDirectories}. An orderly end removes it.
 */
public final class ProcessDirectory {

    static final String PREFIX = "embedding-service-run-";
    static final String LOCK = "lock";

    private static final String SETTING = "java.io.tmpdir";

    private static @Nullable ProcessDirectory ofThisProcess;

    private final Path path;

    /** Held by the open file: it must be reachable. */
    @SuppressWarnings({"unused", "FieldCanBeLocal"})
    private final FileLock lock;

    private ProcessDirectory(Path path, FileLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * The directory, which is made when it is first asked for.
     *
     * @throws UnusableDirectoryException when {@code java.io.tmpdir} is no directory in which another can be made
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

    /** What is wrong with {@code java.io.tmpdir}, in words for who started the process. */
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

    /** Deletes a file, or a directory with what is in it now, after everything has been stopped. */
    public static void deleteAtExit(Path path) {
        try (Stream<Path> content = Files.walk(path)) {
            content.forEach(each -> each.toFile().deleteOnExit());
        } catch (IOException | UncheckedIOException unreadable) {
            path.toFile().deleteOnExit();
        }
    }
}
