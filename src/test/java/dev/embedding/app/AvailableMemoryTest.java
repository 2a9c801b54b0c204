package dev.embedding.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvailableMemoryTest {

    private static final long MIB = 1 << 20;

    private final Path directory;

    AvailableMemoryTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        write("meminfo", "MemTotal:       2097152 kB\nMemFree:          1024 kB\nMemAvailable:    1048576 kB\n");
    }

    @Test
    void isTheMachinesFreeMemoryWithoutAContainer() {
        assertThat(free()).hasValue(1024 * MIB);
    }

    @Test
    void isTheMachinesFreeMemoryInAContainerWithoutALimit() throws IOException {
        container("max", 10 * MIB, 0);

        assertThat(free()).hasValue(1024 * MIB);
    }

    @Test
    void isWhatTheContainersLimitLeavesPlusReclaimablePageCache() throws IOException {
        container(Long.toString(512 * MIB), 500 * MIB, 300 * MIB);

        assertThat(free()).hasValue(312 * MIB);
    }

    @Test
    void isTheSmallerOfMachineAndContainer() throws IOException {
        container(Long.toString(4096 * MIB), MIB, 0);

        assertThat(free()).hasValue(1024 * MIB);
    }

    @Test
    void isUnknownWhereTheSystemDoesNotReportIt() throws IOException {
        Files.delete(directory.resolve("meminfo"));
        assertThat(free()).isEmpty();

        write("meminfo", "MemAvailable: much\n");
        assertThat(free()).isEmpty();

        write("meminfo", "MemTotal: 2097152 kB\n");
        assertThat(free()).isEmpty();
    }

    @Test
    void isPositiveOnThisMachine() {
        assertThat(AvailableMemory.ofThisMachine().bytes().orElse(1)).isPositive();
        assertThat(AvailableMemory.ofThisMachine().runBytes(1).orElse(1)).isPositive();
    }

    @Test
    void givesLanesAQuarterOfTheMachinesMemory() throws IOException {
        assertThat(memory().runBytes(1)).hasValue(512 * MIB);
        assertThat(memory().runBytes(8)).hasValue(64 * MIB);

        container("max", 10 * MIB, 0);
        assertThat(memory().runBytes(1)).hasValue(512 * MIB);
    }

    @Test
    void givesLanesAQuarterOfTheContainersLimitWhateverIsUsed() throws IOException {
        container(Long.toString(1024 * MIB), 1000 * MIB, 0);

        assertThat(memory().runBytes(2)).hasValue(128 * MIB);
    }

    @Test
    void givesLanesAQuarterOfTheSmallerOfMachineAndContainer() throws IOException {
        container(Long.toString(4096 * MIB), MIB, 0);

        assertThat(memory().runBytes(2)).hasValue(256 * MIB);
    }

    @Test
    void givesLanesAnythingWhereTheSystemDoesNotReportMemory() throws IOException {
        Files.delete(directory.resolve("meminfo"));

        assertThat(memory().runBytes(1)).isEmpty();
    }

    private OptionalLong free() {
        return memory().bytes();
    }

    private AvailableMemory memory() {
        return new AvailableMemory(directory.resolve("meminfo"), directory);
    }

    private void container(String limit, long used, long inactiveFile) throws IOException {
        write("memory.max", limit + "\n");
        write("memory.current", used + "\n");
        write("memory.stat", "anon 12345\nactive_file 9\ninactive_file " + inactiveFile + "\n");
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }
}
