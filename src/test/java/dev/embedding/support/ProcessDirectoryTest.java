package dev.embedding.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the directory of a process, and the removal of those of killed processes. */
class ProcessDirectoryTest {

    private static final String LIBRARY = "library.so";

    private final Path temporary;

    ProcessDirectoryTest(@TempDir Path temporary) {
        this.temporary = temporary;
    }

    @Test
    void isRemovedWhenTheProcessExits() {
        try (ProcessWithDirectory process = ProcessWithDirectory.start(temporary)) {
            Path directory = process.directory();
            assertThat(directory).isDirectoryContaining(file -> file.endsWith(LIBRARY));

            process.end();

            assertThat(directory).doesNotExist();
        }
    }

    @Test
    void isRemovedByALaterProcessAfterAKill() {
        Path abandoned = ofKilledProcess();
        assertThat(abandoned.resolve(LIBRARY)).exists();

        try (ProcessWithDirectory later = ProcessWithDirectory.start(temporary)) {
            assertThat(later.directory()).exists();
            assertThat(abandoned).doesNotExist();
        }
    }

    @Test
    void staysWhileItsProcessLives() {
        try (ProcessWithDirectory living = ProcessWithDirectory.start(temporary);
                ProcessWithDirectory later = ProcessWithDirectory.start(temporary)) {
            Path directory = living.directory();
            assertThat(later.directory()).isNotEqualTo(directory);
            later.end();

            assertThat(directory.resolve(LIBRARY)).exists();
        }
    }

    @Test
    void isUniqueWhenManyProcessesStartAtOnceBesideAbandonedDirectories() {
        List<Path> abandoned = Stream.generate(this::ofKilledProcess).limit(2).toList();

        List<ProcessWithDirectory> started = Stream.generate(() -> ProcessWithDirectory.start(temporary))
                .limit(6)
                .toList();
        try {
            List<Path> directories =
                    started.stream().map(ProcessWithDirectory::directory).toList();

            assertThat(directories).doesNotHaveDuplicates().allMatch(path -> Files.exists(path.resolve(LIBRARY)));
            assertThat(abandoned).noneMatch(Files::exists);
        } finally {
            started.forEach(ProcessWithDirectory::close);
        }
    }

    @Test
    void leavesLinksAndTheirTargets(@TempDir Path elsewhere) throws IOException {
        Path lock = Files.createFile(elsewhere.resolve(ProcessDirectory.LOCK));
        Path directoryLink = Files.createSymbolicLink(temporary.resolve(ProcessDirectory.PREFIX + "link"), elsewhere);
        Path directory = Files.createDirectory(temporary.resolve(ProcessDirectory.PREFIX + "1"));
        Files.createSymbolicLink(directory.resolve(ProcessDirectory.LOCK), lock);

        runToItsEnd();

        assertThat(lock).exists();
        assertThat(directoryLink).isSymbolicLink();
        assertThat(directory).exists();
    }

    @Test
    void followsNoLinkOutOfARemovedDirectory(@TempDir Path elsewhere) throws IOException {
        Path file = Files.createFile(elsewhere.resolve("file"));
        Path abandoned = ofKilledProcess();
        Files.createSymbolicLink(abandoned.resolve("link"), elsewhere);

        runToItsEnd();

        assertThat(abandoned).doesNotExist();
        assertThat(file).exists();
    }

    @Test
    void leavesDirectoriesOfOtherUsers() throws IOException {
        Path abandoned = ofKilledProcess();
        assumeTrue(isRoot(), "Only root gives files away");
        Files.setOwner(
                abandoned,
                FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

        runToItsEnd();

        assertThat(abandoned.resolve(LIBRARY)).exists();
    }

    @Test
    void leavesDirectoriesWithoutALock() throws IOException {
        Path foreign = Files.createDirectory(temporary.resolve(ProcessDirectory.PREFIX + "1"));
        Path file = Files.createFile(foreign.resolve("file"));

        runToItsEnd();

        assertThat(file).exists();
    }

    @Test
    void mayBeEnteredByItsUserOnly() throws IOException {
        try (ProcessWithDirectory process = ProcessWithDirectory.start(temporary)) {
            assertThat(Files.getPosixFilePermissions(process.directory(), LinkOption.NOFOLLOW_LINKS))
                    .allMatch(permission -> permission.name().startsWith("OWNER_"));
        }
    }

    private Path ofKilledProcess() {
        try (ProcessWithDirectory process = ProcessWithDirectory.start(temporary)) {
            Path directory = process.directory();
            process.kill();
            return directory;
        }
    }

    private void runToItsEnd() {
        try (ProcessWithDirectory process = ProcessWithDirectory.start(temporary)) {
            assertThat(process.directory()).exists();
            process.end();
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }
}
