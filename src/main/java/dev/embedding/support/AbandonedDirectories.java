package dev.embedding.support;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes directories that killed processes left behind. Only directories of this user are examined, and no link is
 * followed, as anybody may write to {@code /tmp}. Directories that cannot be removed stay.
 */
public final class AbandonedDirectories {

    private AbandonedDirectories() {}

    /** Removes the directories of this service's processes that no longer hold their lock. */
    static void removeBeside(Path own) {
        try {
            UserPrincipal user = Files.getOwner(own, LinkOption.NOFOLLOW_LINKS);
            for (Path directory : list(own.resolveSibling(""), ProcessDirectory.PREFIX + "*")) {
                // Closing a second handle of its lock would release the own lock.
                if (!directory.getFileName().equals(own.getFileName()) && belongsTo(user, directory)) {
                    removeUnlessLocked(directory);
                }
            }
        } catch (IOException | RuntimeException unreadable) {
            // They stay.
        }
    }

    /**
     * Removes directories of this user whose entries have not changed for this long.
     *
     * @param glob of their names
     */
    public static void removeOlder(Path parent, String glob, Duration age) {
        Instant latest = Instant.now().minus(age);
        try {
            UserPrincipal user = Files.getOwner(parent);
            for (Path directory : list(parent, glob)) {
                if (belongsTo(user, directory)
                        && Files.getLastModifiedTime(directory).toInstant().isBefore(latest)) {
                    deleteContent(directory, directory);
                    Files.delete(directory);
                }
            }
        } catch (IOException | RuntimeException unreadable) {
            // They stay.
        }
    }

    private static List<Path> list(Path parent, String glob) throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent, glob)) {
            List<Path> list = new ArrayList<>();
            directories.forEach(list::add);
            return list;
        }
    }

    private static boolean belongsTo(UserPrincipal user, Path directory) {
        try {
            return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(user);
        } catch (IOException removed) {
            return false;
        }
    }

    private static void removeUnlessLocked(Path directory) {
        Path file = directory.resolve(ProcessDirectory.LOCK);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                // The lock file is deleted last, so that an interrupted removal is resumed later.
                deleteContent(directory, file);
                Files.delete(file);
                Files.delete(directory);
            }
        } catch (NoSuchFileException notLockedYet) {
            deleteIfEmpty(directory);
        } catch (IOException | OverlappingFileLockException stays) {
            // In use, or on a file system without locks.
        }
    }

    private static void deleteContent(Path directory, Path excluded) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                return delete(file);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                return delete(visited);
            }

            private FileVisitResult delete(Path path) throws IOException {
                if (!path.equals(excluded) && !path.equals(directory)) {
                    Files.delete(path);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** A process may be about to create its lock there; it then creates another directory. */
    private static void deleteIfEmpty(Path directory) {
        try {
            Files.delete(directory);
        } catch (IOException notEmpty) {
            // Not created by this service, or in use by now.
        }
    }
}
