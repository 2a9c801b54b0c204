package dev.embedding.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RememberedHashesTest {

    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final int EXCESS = 5;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void dropsTheOldest(boolean isStored, @TempDir Path directory) {
        RememberedHashes hashes = new RememberedHashes(Optional.of(directory).filter(path -> isStored));
        hashes.add(numbered(0, EXCESS));

        hashes.add(numbered(EXCESS, RememberedHashes.MAX_HASHES));

        assertThat(hashes.all()).isEqualTo(numbered(EXCESS, RememberedHashes.MAX_HASHES));
    }

    @Test
    void dropsTheOldestOfAllProcesses(@TempDir Path directory) {
        new RememberedHashes(Optional.of(directory)).add(numbered(0, EXCESS));

        new RememberedHashes(Optional.of(directory)).add(numbered(EXCESS, RememberedHashes.MAX_HASHES));

        assertThat(new RememberedHashes(Optional.of(directory)).all())
                .isEqualTo(numbered(EXCESS, RememberedHashes.MAX_HASHES));
    }

    @Test
    void restoresIdentitiesWithoutAnInode(@TempDir Path directory) {
        Map<FileIdentity, String> hashes =
                Map.of(new FileIdentity("a", 1, "2024-05-06T07:08:09.123456789Z", null, null), HASH);

        new RememberedHashes(Optional.of(directory)).add(hashes);

        assertThat(new RememberedHashes(Optional.of(directory)).all()).isEqualTo(hashes);
    }

    private static Map<FileIdentity, String> numbered(int first, int count) {
        Map<FileIdentity, String> hashes = new LinkedHashMap<>();
        for (int number = first; number < first + count; number++) {
            String time = "2024-05-06T07:08:09Z";
            hashes.put(new FileIdentity("file-" + number, 1, time, (long) number, time), HASH);
        }
        return hashes;
    }
}
