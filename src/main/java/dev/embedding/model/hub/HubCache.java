package dev.embedding.model.hub;

import dev.embedding.support.FileReplacement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One repository's folder in the cache that is shared with Python's tools: {@code blobs/<etag>},
 * {@code refs/<revision>} with a commit, {@code snapshots/<commit>/<path>} as relative links to blobs, and
 * {@code trees/<commit>.json} with the list of files. A file with its final name is always complete.
 *
 * @see <a href="https://huggingface.co/docs/hub/local-cache">the layout</a>
 */
final class HubCache {

    private static final System.Logger LOG = System.getLogger(HubCache.class.getName());

    private final Path root;
    private final Path folder;
    private final HubName name;
    private final boolean symlinks;

    HubCache(HubSettings settings, HubName name) {
        this.root = settings.cacheDirectory().toAbsolutePath();
        this.folder = root.resolve(name.folder());
        this.name = name;
        this.symlinks = settings.symlinks();
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    Path pointer(String commit, String path) {
        return snapshot(commit).resolve(path);
    }

    Path blob(String etag) {
        return folder.resolve("blobs").resolve(etag);
    }

    Path incomplete(String etag) {
        return folder.resolve("blobs").resolve(etag + ".incomplete");
    }

    Path lock(String etag) {
        return root.resolve(".locks").resolve(name.folder()).resolve(etag + ".lock");
    }

    /** The commit of the revision when it was last downloaded. */
    Optional<String> commit() {
        if (name.namesCommit()) {
            return Optional.of(name.revision());
        }
        return read(folder.resolve("refs").resolve(name.revision()))
                .map(bytes -> new String(bytes, StandardCharsets.US_ASCII).strip())
                .filter(HubName::isCommit);
    }

    Optional<Listing> listing(String commit) {
        return read(tree(commit)).flatMap(stored -> {
            try {
                return Optional.of(Listing.ofStored(commit, stored));
            } catch (IOException notUnderstood) {
                return Optional.empty();
            }
        });
    }

    /** Stores the list of files. A cache that cannot be written is logged, not an error. */
    void storeListing(Listing listing) {
        store(() -> {
            Optional<byte[]> stored = listing.stored();
            if (stored.isPresent() && !Files.exists(tree(listing.commit()))) {
                replace(tree(listing.commit()), stored.get());
            }
        });
    }

    /** Stores the commit of the revision. A cache that cannot be written is logged, not an error. */
    void storeCommit(Listing listing) {
        store(() -> {
            if (!commit().equals(Optional.of(listing.commit()))) {
                replace(
                        folder.resolve("refs").resolve(name.revision()),
                        listing.commit().getBytes(StandardCharsets.US_ASCII));
            }
        });
    }

    private interface Write {
        void run() throws IOException;
    }

    private void store(Write write) {
        try {
            write.run();
        } catch (IOException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The commit of {0} cannot be stored, so it is not available without the hub: {1}",
                    name,
                    reason(failure));
        }
    }

    /** The files of a snapshot that are on disk, by their paths. */
    Set<String> filesOnDisk(String commit) {
        Path snapshot = snapshot(commit);
        Set<String> files = new TreeSet<>();
        try (Stream<Path> paths = Files.walk(snapshot)) {
            paths.filter(Files::isRegularFile)
                    .map(path -> snapshot.relativize(path).toString().replace('\\', '/'))
                    .forEach(files::add);
        } catch (IOException | UncheckedIOException unreadable) {
            LOG.log(System.Logger.Level.DEBUG, "{0} has no snapshot that can be read", name);
        }
        return files;
    }

    /** Makes a blob visible in a snapshot: as a relative link, or as a copy where links are not possible. */
    void link(String etag, Path pointer) throws IOException {
        Path folderOfPointer = Objects.requireNonNull(pointer.getParent());
        Files.createDirectories(folderOfPointer);
        Path made = blob(etag).resolveSibling(etag + "." + UUID.randomUUID() + ".tmp");
        try {
            if (!symlinks) {
                throw new UnsupportedOperationException("switched off");
            }
            Files.createSymbolicLink(made, folderOfPointer.relativize(blob(etag)));
        } catch (UnsupportedOperationException | FileSystemException noLinks) {
            Files.copy(blob(etag), made);
        }
        try {
            FileReplacement.rename(made, pointer);
        } finally {
            Files.deleteIfExists(made);
        }
    }

    private Path tree(String commit) {
        return folder.resolve("trees").resolve(commit + ".json");
    }

    private static void replace(Path path, byte[] content) throws IOException {
        Files.createDirectories(path.getParent());
        FileReplacement.replace(path, content);
    }

    private static Optional<byte[]> read(Path file) {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /** The reason why a file cannot be written, without its path. */
    static String reason(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileSystemException named) {
            return Optional.ofNullable(named.getReason())
                    .orElse(failure instanceof NoSuchFileException ? "a folder is missing" : "a file is in the way");
        }
        return Optional.ofNullable(failure.getMessage()).orElse("input/output error");
    }
}
