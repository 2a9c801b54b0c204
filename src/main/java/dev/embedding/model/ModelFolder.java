package dev.embedding.model;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Where a model's files are; they are named relative to it, with slashes. */
interface ModelFolder {

    boolean has(String file);

    /** Makes sure that files which the folder has are on this machine. */
    void fetch(Collection<String> files);

    /** Where a file is, or would be. */
    Path path(String file);

    /** Names of the ONNX files that it has. */
    Set<String> onnxFiles();

    /** A directory of this machine. */
    record Local(Path directory) implements ModelFolder {

        private static final int DEPTH = 3;

        @Override
        public boolean has(String file) {
            return Files.isRegularFile(path(file));
        }

        @Override
        public void fetch(Collection<String> files) {
            // They are here.
        }

        @Override
        public Path path(String file) {
            return directory.resolve(file);
        }

        @Override
        public Set<String> onnxFiles() {
            Set<String> names = new TreeSet<>();
            try (Stream<Path> files = Files.walk(directory, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
                files.map(file -> directory.relativize(file).toString().replace('\\', '/'))
                        .filter(name -> name.endsWith(".onnx"))
                        .forEach(names::add);
            } catch (IOException | java.io.UncheckedIOException unreadable) {
                names.clear();
            }
            return names;
        }
    }
}
