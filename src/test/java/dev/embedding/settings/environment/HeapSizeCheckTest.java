package dev.embedding.settings.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapSizeCheckTest {

    private final HeapSizeCheck limits = new HeapSizeCheck(512L << 20);

    @Test
    void acceptsAnyHeapWithoutConfiguredSizes() {
        assertThat(new HeapSizeCheck(16L << 20).faults(environment(Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "EMBEDDING_MAX_BODY_SIZE, 256M",
        "EMBEDDING_MAX_INFLIGHT_BYTES, 320M",
        "EMBEDDING_MAX_INFLIGHT_BYTES, ''",
        "EMBEDDING_CACHE_SIZE, 2G"
    })
    void acceptsSizesThatFitIntoTheHeap(String variable, String value) {
        assertThat(limits.faults(environment(Map.of(variable, value)))).isEmpty();
    }

    @Test
    void rejectsABodyBeyondHalfOfTheHeap() {
        assertThat(limits.faults(environment(Map.of("EMBEDDING_MAX_BODY_SIZE", "257M"))))
                .containsExactly(
                        "EMBEDDING_MAX_BODY_SIZE must be at most half of the Java heap (512M) and 1G, not '257M'");
        assertThat(new HeapSizeCheck(64L << 30).faults(environment(Map.of("EMBEDDING_MAX_BODY_SIZE", "2G"))))
                .hasSize(1);
    }

    @Test
    void rejectsBytesInFlightThatLeaveTooLittleBesideTheCache() {
        assertThat(limits.faults(environment(Map.of("EMBEDDING_MAX_INFLIGHT_BYTES", "321M"))))
                .containsExactly("EMBEDDING_MAX_INFLIGHT_BYTES must leave a quarter of the Java heap (512M) beside"
                        + " EMBEDDING_CACHE_SIZE, not '321M'");
        assertThat(limits.faults(
                        environment(Map.of("EMBEDDING_MAX_INFLIGHT_BYTES", "200M", "EMBEDDING_CACHE_SIZE", "1G"))))
                .hasSize(1);
        assertThat(limits.faults(
                        environment(Map.of("EMBEDDING_MAX_INFLIGHT_BYTES", "384M", "EMBEDDING_CACHE_SIZE", "0"))))
                .isEmpty();
    }

    private static Environment environment(Map<String, String> variables) {
        return Environment.read(variables, Path.of("none"));
    }
}
