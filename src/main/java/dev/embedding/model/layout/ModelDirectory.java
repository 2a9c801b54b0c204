package dev.embedding.model.layout;

import dev.embedding.model.hub.DownloadProgress;
import dev.embedding.model.hub.HubSnapshot;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The directory of a model's files, which are named relative to it, with slashes. */
public sealed interface ModelDirectory {

    boolean has(String file);

    /** Whether a file is on this machine, or could be fetched. */
    boolean isAvailable(String file);

    /** Ensures that files of the directory are on this machine. */
    void fetch(Collection<String> files);

    /** The path of a file, which need not exist. */
    Path path(String file);

    /** Names of its files, except for deeply nested ones. */
    Set<String> names();

    /** The names that are known on this machine, without a hub. */
    Set<String> namesKept();

    /** The commit of a hub's repository; a directory has none. */
    Optional<String> revision();

    /** A hub's repository, whose files are in the cache. */
    final class OfHub implements ModelDirectory {
        private final HubSnapshot snapshot;
        private final Set<String> names;
        private final long mostBytes;
        private final DownloadProgress progress;

        /** @param mostBytes limit of a download */
        public OfHub(HubSnapshot snapshot, long mostBytes, DownloadProgress progress) {
            this.snapshot = snapshot;
            this.mostBytes = mostBytes;
            this.names = snapshot.files();
            this.progress = progress;
        }

        @Override
        public boolean has(String file) {
            return names.contains(file);
        }

        @Override
        public boolean isAvailable(String file) {
            return snapshot.isAvailable(file);
        }

        @Override
        public void fetch(Collection<String> files) {
            snapshot.fetch(files, mostBytes, progress);
        }

        @Override
        public Path path(String file) {
            return snapshot.directory().resolve(file);
        }

        @Override
        public Set<String> names() {
            return names;
        }

        @Override
        public Set<String> namesKept() {
            return snapshot.filesKept();
        }

        @Override
        public Optional<String> revision() {
            return Optional.of(snapshot.commit());
        }
    }

    /** A directory of this machine. */
    record Local(Path directory) implements ModelDirectory {

        private static final int DEPTH = 3;

        @Override
        public boolean has(String file) {
            return Files.isRegularFile(path(file));
        }

        @Override
        public boolean isAvailable(String file) {
            return has(file);
        }

        @Override
        public void fetch(Collection<String> files) {
            // The files are on this machine.
        }

        @Override
        public Path path(String file) {
            return directory.resolve(file);
        }

        @Override
        public Optional<String> revision() {
            return Optional.empty();
        }

        @Override
        public Set<String> namesKept() {
            return names();
        }

        @Override
        public Set<String> names() {
            Set<String> names = new TreeSet<>();
            try (Stream<Path> files = Files.walk(directory, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
                files.map(file -> directory.relativize(file).toString().replace('\\', '/'))
                        .forEach(names::add);
            } catch (IOException | java.io.UncheckedIOException unreadable) {
                names.clear();
            }
            return names;
        }
    }
}
