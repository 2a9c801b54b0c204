package dev.embedding.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Identity of a file's content without reading it. A file that is written or replaced gets another, unless that happens
 * within the resolution of the file system's times.
 *
 * @param path real path
 * @param modified last modification, in ISO 8601 with all digits of the file system
 * @param inode null where the file system has none
 * @param changed last change of content, name or attributes, which programs cannot set; null where it is unknown
 */
record FileIdentity(
        String path,
        long bytes,
        String modified,
        @Nullable Long inode,
        @Nullable String changed) {

    FileIdentity {
        Objects.requireNonNull(path);
        Objects.requireNonNull(modified);
    }

    static FileIdentity of(Path file) throws IOException {
        Path realPath = file.toRealPath();
        BasicFileAttributes attributes = Files.readAttributes(realPath, BasicFileAttributes.class);
        boolean isUnix = realPath.getFileSystem().supportedFileAttributeViews().contains("unix");
        return new FileIdentity(
                realPath.toString(),
                attributes.size(),
                attributes.lastModifiedTime().toInstant().toString(),
                isUnix ? (Long) Files.getAttribute(realPath, "unix:ino") : null,
                isUnix ? changed(realPath).toInstant().toString() : null);
    }

    private static FileTime changed(Path realPath) throws IOException {
        return (FileTime) Files.getAttribute(realPath, "unix:ctime");
    }

    /** Whether the file was last changed before then. */
    boolean isOlderThan(Instant time) {
        return Instant.parse(modified).isBefore(time)
                && (changed == null || Instant.parse(changed).isBefore(time));
    }

    /** Whether the file has this identity now. */
    boolean isOf(Path file) {
        try {
            return equals(of(file));
        } catch (IOException gone) {
            return false;
        }
    }
}
