package dev.embedding.model.hub;

import com.sun.jna.LastErrorException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exclusive right to download one blob, shared with the threads of this process, other replicas and Python's tools.
 * It avoids duplicate downloads; the integrity of files does not depend on it. The lock's file is never deleted, as
 * deleting it would let two waiters lock different files.
 */
final class CacheLock implements Closeable {

    private static final System.Logger LOG = System.getLogger(CacheLock.class.getName());
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    /** Files that this process has locked: Java's locks, where they are used, only exclude other processes. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Closeable lock;

    private CacheLock(Path file, Closeable lock) {
        this.file = file;
        this.lock = lock;
    }

    /**
     * Waits until the lock is free.
     *
     * @throws HubException when that took longer than the limit
     * @throws IOException when its file cannot be created
     */
    static CacheLock acquire(Path file, Duration limit, Subject subject) throws IOException, InterruptedException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        long start = System.nanoTime();
        Duration nextLine = BETWEEN_LINES.compareTo(limit) < 0 ? BETWEEN_LINES : Duration.ZERO;
        while (true) {
            Optional<CacheLock> lock = tryAcquire(file.toAbsolutePath());
            if (lock.isPresent()) {
                return lock.get();
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            if (waited.compareTo(limit) >= 0) {
                throw new HubException(
                        HubException.Kind.LOCKED,
                        subject + " has been loaded by another process for more than " + limit.toSeconds()
                                + " s; look for one that hangs");
            }
            if (waited.compareTo(nextLine) >= 0) {
                LOG.log(System.Logger.Level.INFO, "Waiting for another process that downloads {0}", subject);
                nextLine = waited.plus(BETWEEN_LINES);
            }
            Thread.sleep(BETWEEN_TRIES.toMillis());
        }
    }

    private static Optional<CacheLock> tryAcquire(Path file) throws IOException {
        if (!HELD.add(file)) {
            return Optional.empty();
        }
        Optional<Closeable> lock = Optional.empty();
        try {
            create(file);
            Object before = identity(file);
            lock = tryLock(file);
            if (lock.isPresent() && !Objects.equals(before, identity(file))) {
                lock.get().close();
                lock = Optional.empty();
            }
            return lock.map(held -> new CacheLock(file, held));
        } finally {
            if (lock.isEmpty()) {
                HELD.remove(file);
            }
        }
    }

    private static Optional<Closeable> tryLock(Path file) throws IOException {
        if (Flock.LOADED.isPresent()) {
            try {
                return Flock.LOADED.get().tryLock(file);
            } catch (LastErrorException noneOnThisFileSystem) {
                LOG.log(System.Logger.Level.DEBUG, "flock failed with {0}", noneOnThisFileSystem.getErrorCode());
            }
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException heldByAnotherClassLoader) {
            // Held, as if by another process.
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
        channel.close();
        return Optional.empty();
    }

    /** Creates a lock file that is writable for the group, so that users who share a cache can wait for each other. */
    private static void create(Path file) throws IOException {
        try {
            Files.createFile(file);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        } catch (FileAlreadyExistsException | UnsupportedOperationException asGoodAsCreated) {
            // Its creator has set the permissions, or the system has none.
        }
    }

    private static Object identity(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key;
    }

    @Override
    public void close() throws IOException {
        try {
            lock.close();
        } finally {
            HELD.remove(file);
        }
    }

    /** Holder that loads the native lock on first use. */
    private static final class Flock {
        static final Optional<NativeFileLock> LOADED = NativeFileLock.load();
    }
}
