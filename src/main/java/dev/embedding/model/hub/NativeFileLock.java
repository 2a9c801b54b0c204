package dev.embedding.model.hub;

import com.sun.jna.LastErrorException;
import com.sun.jna.Platform;
import dev.embedding.support.CLibrary;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code flock(2)}, the lock of Python's filelock. Java's own locks are those of {@code fcntl(2)}, which on Linux do
 * not exclude the other kind, and are released when any of the process's handles of that file is closed.
 */
final class NativeFileLock {

    private static final int READ_AND_WRITE = 2;
    private static final int EXCLUSIVE_WITHOUT_WAITING = 2 | 4;
    private static final int INTERRUPTED = 4;
    private static final int WOULD_BLOCK = Platform.isLinux() ? 11 : 35;

    private final CLibrary library;

    private NativeFileLock(CLibrary library) {
        this.library = library;
    }

    /** Empty where the system has no such locks. */
    static Optional<NativeFileLock> load() {
        if (Platform.isWindows()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new NativeFileLock(CLibrary.load()));
        } catch (LinkageError noSuchLibrary) {
            return Optional.empty();
        }
    }

    /**
     * @param path of a file that exists
     * @return releases the lock when closed; empty when another process has it
     * @throws LastErrorException when the file cannot be opened, or its file system has no such locks
     */
    Optional<Closeable> tryLock(Path path) {
        int file = library.open(path.toString(), READ_AND_WRITE);
        try {
            library.flock(file, EXCLUSIVE_WITHOUT_WAITING);
            return Optional.of(() -> library.close(file));
        } catch (LastErrorException failure) {
            library.close(file);
            if (failure.getErrorCode() == WOULD_BLOCK || failure.getErrorCode() == INTERRUPTED) {
                return Optional.empty();
            }
            throw failure;
        }
    }
}
