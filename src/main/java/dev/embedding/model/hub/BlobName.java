package dev.embedding.model.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Name of a file in a hub's cache, which for large files is the hub's SHA-256 of the content.
 *
 * @see <a href="https://huggingface.co/docs/hub/local-cache">the layout</a>
 */
public final class BlobName {

    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    private BlobName() {}

    /**
     * The hash that a file is named by; empty where it has another name, or is not reached through a snapshot of the
     * repository that it belongs to.
     *
     * @param file as it was found: {@code …/models--org--name/snapshots/<commit>/…}, a link to
     *     {@code …/models--org--name/blobs/<hash>}
     */
    public static Optional<String> sha256(Path file) throws IOException {
        Path realPath = file.toRealPath();
        String name = String.valueOf(realPath.getFileName());
        Path blobs = realPath.getParent();
        if (blobs == null || !isNamed(blobs, "blobs") || !SHA_256.matcher(name).matches()) {
            return Optional.empty();
        }
        Path repository = blobs.getParent();
        return repository != null && isInSnapshot(file, repository) ? Optional.of(name) : Optional.empty();
    }

    private static boolean isInSnapshot(Path file, Path repository) throws IOException {
        if (!String.valueOf(repository.getFileName()).startsWith(HubName.FOLDER_PREFIX)) {
            return false;
        }
        for (Path commit = file.toAbsolutePath().getParent(); commit != null; commit = commit.getParent()) {
            Path snapshots = commit.getParent();
            if (snapshots != null
                    && isNamed(snapshots, "snapshots")
                    && HubName.isCommit(String.valueOf(commit.getFileName()))
                    && snapshots.toRealPath().equals(repository.resolve("snapshots"))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNamed(Path path, String name) {
        return String.valueOf(path.getFileName()).equals(name);
    }
}
