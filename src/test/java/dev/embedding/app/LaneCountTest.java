package dev.embedding.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaneCountTest {

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    @ParameterizedTest
    @CsvSource({"1, 1", "7, 7", "256, 256", "' 3 ', 3"})
    void acceptsANumber(String setting, int lanes) {
        assertThat(new LaneCount().convert(setting)).isEqualTo(lanes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", " auto "})
    void choosesAutomatically(String setting) {
        assertThat(new LaneCount().convert(setting)).isBetween(1, PROCESSORS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "257", "two", "1.5", "99999999999"})
    void rejectsAnythingElse(String setting) {
        assertThatThrownBy(() -> new LaneCount().convert(setting)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsHyperThreadsOfACoreOnce(@TempDir Path system) throws IOException {
        siblings(system, 0, "0,2");
        siblings(system, 1, "1,3");
        siblings(system, 2, "0,2");
        siblings(system, 3, "1,3");

        assertThat(physicalCores(system, "0-3")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0-3 | 4", "0,2 | 2", "3 | 1", "0-1,3 | 3"})
    void countsOnlyAllowedProcessors(String allowed, int cores, @TempDir Path system) throws IOException {
        for (int processor = 0; processor < 4; processor++) {
            siblings(system, processor, Integer.toString(processor));
        }

        assertThat(physicalCores(system, allowed)).isEqualTo(cores);
    }

    @Test
    void countsACoreOfWhichOnlyOneThreadIsAllowed(@TempDir Path system) throws IOException {
        siblings(system, 0, "0-1");
        siblings(system, 1, "0-1");
        siblings(system, 2, "2-3");

        assertThat(physicalCores(system, "1-2")).isEqualTo(2);
    }

    @Test
    void usesAllProcessorsWhereTheSystemDoesNotReportCores(@TempDir Path system) throws IOException {
        siblings(system, 0, "0");
        Path missing = system.resolve("missing");

        assertThat(LaneCount.physicalCores(system, missing)).isEqualTo(PROCESSORS);
        assertThat(LaneCount.physicalCores(missing, status(system, "0-1"))).isEqualTo(PROCESSORS);
        assertThat(physicalCores(system, "")).isEqualTo(PROCESSORS);
        assertThat(physicalCores(system, "all")).isEqualTo(PROCESSORS);
        assertThat(LaneCount.physicalCores(system, Files.writeString(system.resolve("other"), "Name:\tjava\n")))
                .isEqualTo(PROCESSORS);
    }

    private static int physicalCores(Path system, String allowed) throws IOException {
        return LaneCount.physicalCores(system, status(system, allowed));
    }

    private static Path status(Path system, String allowed) throws IOException {
        return Files.writeString(
                system.resolve("status"), "Name:\tjava\nCpus_allowed:\tf\nCpus_allowed_list:\t" + allowed + "\n");
    }

    private static void siblings(Path system, int processor, String list) throws IOException {
        Path topology = Files.createDirectories(system.resolve("cpu" + processor + "/topology"));
        Files.writeString(topology.resolve("thread_siblings_list"), list + "\n");
    }
}
