package dev.embedding.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReplacementTest {

    private final Path directory;

    FileReplacementTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void writesANewFileAndLeavesNothingBeside() throws IOException {
        FileReplacement.replace(directory.resolve("file"), bytes("new"));

        assertThat(directory.resolve("file")).hasContent("new");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void keepsThePermissionsOfTheFileThatItReplaces() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        FileReplacement.replace(file, bytes("new"));

        assertThat(file).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void leavesEverythingAsItWasWhereTheFileCannotBeReplaced() throws IOException {
        Path occupied = Files.createDirectories(directory.resolve("file/child"));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> FileReplacement.replace(directory.resolve("file"), bytes("new")));

        assertThat(occupied).isDirectory();
        assertThat(names()).containsExactly("file");
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
