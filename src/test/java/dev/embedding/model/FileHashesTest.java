package dev.embedding.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.support.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FileHashesTest {

    private static final int LARGE = 1_000_000;

    /** Files of the test are settled by then. */
    private static final InstantSource LATER = InstantSource.offset(InstantSource.system(), Duration.ofMinutes(1));

    private final Path directory;
    private final Path store;

    /** Files whose content was read. */
    private final List<Path> read = new CopyOnWriteArrayList<>();

    FileHashesTest(@TempDir Path directory) {
        this.directory = directory;
        this.store = directory.resolve("cache");
    }

    @Test
    void doesNotReadAnUnchangedFileAgain() throws IOException {
        Path file = write("a", LARGE, 1);
        String hash = Sha256.ofFile(file);
        FileHashes hashes = hashes(LATER);

        assertThat(hashes.of(List.of(file))).containsExactly(hash);
        assertThat(hashes.of(List.of(file))).containsExactly(hash);
        assertThat(hashes(LATER).of(List.of(file))).as("after a restart").containsExactly(hash);

        assertThat(read).containsExactly(file);
    }

    @Test
    void remembersAFileUnderItsRealPath() throws IOException {
        Path file = write("a", LARGE, 1);
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        hashes(LATER).of(List.of(file));

        assertThat(hashes(LATER).of(List.of(link))).containsExactly(Sha256.ofFile(file));

        assertThat(read).containsExactly(file);
    }

    @Test
    void readsAFileWhoseTimeHasChanged() throws IOException {
        Path file = write("a", LARGE, 1);
        FileHashes hashes = hashes(LATER);
        hashes.of(List.of(file));

        setTime(write("a", LARGE, 2), Instant.now().minusSeconds(10));

        assertThat(hashes.of(List.of(file))).containsExactly(Sha256.ofFile(file));
        assertThat(read).containsExactly(file, file);
    }

    @Test
    void distinguishesTimesByMicroseconds() throws IOException {
        Instant time = Instant.parse("2024-05-06T07:08:09.123456Z");
        Path file = setTime(write("a", LARGE, 1), time);
        FileIdentity before = FileIdentity.of(file);

        setTime(file, time.plusNanos(1000));

        assertThat(FileIdentity.of(file).modified()).isNotEqualTo(before.modified());
        assertThat(before.isOf(file)).isFalse();
    }

    @Test
    void readsAFileThatWasReplacedByAnotherOfEqualSizeAndTime() throws IOException {
        Instant time = Instant.parse("2024-05-06T07:08:09.123456Z");
        Path file = setTime(write("a", LARGE, 1), time);
        FileHashes hashes = hashes(LATER);
        hashes.of(List.of(file));
        FileIdentity before = FileIdentity.of(file);

        Files.move(setTime(write("b", LARGE, 2), time), file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(FileIdentity.of(file).modified()).isEqualTo(before.modified());
        assertThat(FileIdentity.of(file).inode()).isNotEqualTo(before.inode());
        assertThat(hashes.of(List.of(file))).containsExactly(Sha256.ofFile(file));
    }

    @Test
    void readsAFileThatWasWrittenInPlaceAndGivenItsOldTime() throws IOException {
        Instant time = Instant.parse("2024-05-06T07:08:09.123456Z");
        Path file = setTime(write("a", LARGE, 1), time);
        FileHashes hashes = hashes(LATER);
        hashes.of(List.of(file));
        FileIdentity before = FileIdentity.of(file);

        setTime(write("a", LARGE, 2), time);

        assertThat(FileIdentity.of(file).modified()).isEqualTo(before.modified());
        assertThat(FileIdentity.of(file).inode()).isEqualTo(before.inode());
        assertThat(hashes.of(List.of(file))).containsExactly(Sha256.ofFile(file));
    }

    @Test
    void doesNotRememberAFreshlyModifiedFile() throws IOException {
        Path file = write("a", LARGE, 1);
        Instant modified = Files.getLastModifiedTime(file).toInstant();

        hashes(() -> modified.plusMillis(1900)).of(List.of(file));
        hashes(LATER).of(List.of(file));
        hashes(LATER).of(List.of(file));

        assertThat(read).containsExactly(file, file);
    }

    @Test
    void doesNotRememberAFreshlyWrittenFileWithAnOldTime() throws IOException {
        Path file = setTime(write("a", LARGE, 1), Instant.parse("2024-05-06T07:08:09Z"));

        hashes(InstantSource.system()).of(List.of(file));

        assertThat(store).doesNotExist();
    }

    @Test
    void doesNotRememberAFileThatChangesWhileItIsRead() throws IOException {
        Path file = write("a", LARGE, 1);
        FileHashes hashes = new FileHashes(
                Optional.of(store),
                content -> {
                    String hash = Sha256.ofFile(content);
                    write("a", LARGE, 2);
                    return hash;
                },
                LATER);
        String hash = Sha256.ofFile(file);

        assertThat(hashes.of(List.of(file))).containsExactly(hash);

        assertThat(store).doesNotExist();
    }

    @Test
    void readsSmallFilesEachTime() throws IOException {
        Path file = write("a", LARGE - 1, 1);

        hashes(LATER).of(List.of(file));
        hashes(LATER).of(List.of(file));

        assertThat(read).containsExactly(file, file);
        assertThat(store).doesNotExist();
    }

    @Test
    void keepsTheOrderOfFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            files.add(write("file-" + number, number % 2 == 0 ? LARGE : 10, number));
        }
        hashes(LATER).of(files.subList(3, 5));

        List<String> hashes = hashes(LATER).of(files);

        for (int number = 0; number < files.size(); number++) {
            assertThat(hashes.get(number)).isEqualTo(Sha256.ofFile(files.get(number)));
        }
    }

    @Test
    void readsLargeFilesInParallel() throws IOException {
        List<Path> files = List.of(write("a", LARGE, 1), write("b", LARGE, 2));
        CountDownLatch bothAreRead = new CountDownLatch(2);
        FileHashes hashes = new FileHashes(
                Optional.empty(),
                file -> {
                    bothAreRead.countDown();
                    return await(bothAreRead) ? Sha256.ofFile(file) : "alone";
                },
                LATER);

        assertThat(hashes.of(files)).containsExactly(Sha256.ofFile(files.get(0)), Sha256.ofFile(files.get(1)));
    }

    @Test
    void failsForAMissingFile() {
        assertThatThrownBy(() -> hashes(LATER).of(List.of(directory.resolve("missing"))))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void failsForAFileThatCannotBeRead() throws IOException {
        Path file = write("a", LARGE, 1);
        IOException broken = new IOException("The disk is broken");
        FileHashes hashes = new FileHashes(
                Optional.of(store),
                content -> {
                    throw broken;
                },
                LATER);

        assertThatThrownBy(() -> hashes.of(List.of(file))).isSameAs(broken);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"a\": ",
                "null",
                "[null]",
                "[{}]",
                "[{\"file\": {\"path\": \"a\", \"bytes\": 1, \"modified\": \"now\"}, \"sha256\": \"abc\"}]",
                "[{\"file\": {}, \"sha256\": \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}]"
            })
    void replacesADamagedStore(String content) throws IOException {
        Path file = write("a", LARGE, 1);
        Files.writeString(Files.createDirectory(store).resolve("file-hashes.json"), content);

        assertThat(hashes(LATER).of(List.of(file))).containsExactly(Sha256.ofFile(file));
        hashes(LATER).of(List.of(file));

        assertThat(read).containsExactly(file);
    }

    /** Also for root, who may write in any directory, but not below a file. */
    @Test
    void remembersForTheLifeOfTheProcessWhereNothingCanBeWritten() throws IOException {
        Path file = write("a", LARGE, 1);
        Files.writeString(store, "no directory");
        FileHashes hashes = hashes(LATER);

        assertThat(hashes.of(List.of(file))).containsExactly(Sha256.ofFile(file));
        hashes.of(List.of(file));
        hashes(LATER).of(List.of(file));

        assertThat(read).containsExactly(file, file);
    }

    @Test
    void keepsHashesOfOtherProcesses() throws IOException {
        Path first = write("a", LARGE, 1);
        Path second = write("b", LARGE, 2);
        FileHashes one = hashes(LATER);
        FileHashes other = hashes(LATER);

        one.of(List.of(first));
        other.of(List.of(second));
        one.of(List.of(second));
        other.of(List.of(first));

        assertThat(read).containsExactly(first, second);
    }

    private FileHashes hashes(InstantSource clock) {
        return new FileHashes(
                Optional.of(store),
                file -> {
                    read.add(file);
                    return Sha256.ofFile(file);
                },
                clock);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private Path write(String name, int bytes, int value) throws IOException {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) value);
        return Files.write(directory.resolve(name), content);
    }

    private static Path setTime(Path file, Instant time) throws IOException {
        return Files.setLastModifiedTime(file, FileTime.from(time));
    }
}
