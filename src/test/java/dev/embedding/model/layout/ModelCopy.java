package dev.embedding.model.layout;

import dev.embedding.fixture.ReferenceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A copy of a reference model, for tests that change its files. */
public final class ModelCopy {

    private ModelCopy() {}

    public static Path of(String name, Path target) throws IOException {
        return of(ReferenceModel.of(name).directory(), target);
    }

    public static Path of(Path source, Path target) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(source)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path copy = target.resolve(source.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.write(copy, Files.readAllBytes(file));
        }
        return target;
    }
}
