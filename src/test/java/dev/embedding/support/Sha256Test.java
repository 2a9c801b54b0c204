package dev.embedding.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares OpenSSL's digests with Java's. */
class Sha256Test {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 55, 56, 63, 64, 65, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 1 << 18, (1 << 18) + 7})
    void hashesAnyNumberOfBytesInPartsOfAnyKind(int count, @TempDir Path directory) throws IOException {
        byte[] content = new byte[count];
        new Random(count).nextBytes(content);
        byte[] expected = Sha256.digest().digest(content);

        MessageDigest digest = Sha256.ofLargeContent();
        for (int round = 0; round < 2; round++) {
            int half = count / 2;
            ByteBuffer direct = ByteBuffer.allocateDirect(count + 1).position(1);
            direct.put(content, 0, half).flip().position(1);
            digest.update(direct);
            assertThat(direct.hasRemaining()).isFalse();
            if (count > half) {
                digest.update(content[half]);
                digest.update(
                        ByteBuffer.wrap(content, half + 1, (count - half) / 2).asReadOnlyBuffer());
                int from = half + 1 + (count - half) / 2;
                digest.update(content, Math.min(from, count), Math.max(0, count - from));
            }
            assertThat(digest.digest()).isEqualTo(expected);
        }

        Path file = Files.write(directory.resolve("file"), content);
        assertThat(Sha256.ofFile(file)).isEqualTo(HexFormat.of().formatHex(expected));
    }

    @Test
    void forgetsWhatCameBeforeAReset() {
        MessageDigest digest = Sha256.ofLargeContent();
        digest.update(new byte[100]);
        digest.reset();

        assertThat(digest.digest()).isEqualTo(Sha256.digest().digest());
    }
}
