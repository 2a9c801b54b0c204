package dev.embedding.model.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenVectorTableTest {

    private Path file;

    @BeforeEach
    void nameFile(@TempDir Path directory) {
        file = directory.resolve("model.safetensors");
    }

    @ParameterizedTest
    @CsvSource({"embedding.weight, F32", "embedding.weight, F16", "embedding.weight, BF16", "embeddings, F32"})
    void readsEveryTypeAndBothNames(String name, String type) throws IOException {
        write(header(name, type, "[2, 3]"), values(type, 1.5f, -2, 0.25f, 4, 0, -0.5f));

        TokenVectorTable table = TokenVectorTable.open(file);

        assertThat(table.tokens()).isEqualTo(2);
        assertThat(table.dimension()).isEqualTo(3);
        assertThat(row(table, 0)).containsExactly(1.5f, -2, 0.25f);
        assertThat(row(table, 1)).containsExactly(4, 0, -0.5f);
    }

    @Test
    void rejectsOtherTokens() throws IOException {
        write(header("embeddings", "F32", "[1, 1]"), values("F32", 1));

        TokenVectorTable table = TokenVectorTable.open(file);

        assertThatThrownBy(() -> row(table, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> row(table, -1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void namesTheProblem() throws IOException {
        write(header("other", "F32", "[1, 1]"), values("F32", 1));
        assertThatThrownBy(() -> TokenVectorTable.open(file))
                .hasMessage("model.safetensors has no tensor embedding.weight");

        write(header("embeddings", "F32", "[1]"), values("F32", 1));
        assertThatThrownBy(() -> TokenVectorTable.open(file)).hasMessageContaining("not as a table");

        write(header("embeddings", "I8", "[1, 1]"), new byte[1]);
        assertThatThrownBy(() -> TokenVectorTable.open(file)).hasMessageContaining("as I8, which is not supported");

        write(header("embeddings", "F32", "[2, 1]"), values("F32", 1));
        assertThatThrownBy(() -> TokenVectorTable.open(file)).hasMessageContaining("truncated");
    }

    @Test
    void readsSharedRowsAndTokenWeights() throws IOException {
        ByteBuffer content = ByteBuffer.allocate(8 + 24 + 12).order(ByteOrder.LITTLE_ENDIAN);
        content.putFloat(2)
                .putFloat(5)
                .putLong(1)
                .putLong(1)
                .putLong(0)
                .putFloat(1)
                .putFloat(0.5f)
                .putFloat(3);
        write("""
                {"embeddings": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
                 "mapping": {"dtype": "I64", "shape": [3], "data_offsets": [8, 32]},
                 "weights": {"dtype": "F32", "shape": [3], "data_offsets": [32, 44]}}""", content.array());

        TokenVectorTable table = TokenVectorTable.open(file);

        assertThat(table.tokens()).isEqualTo(3);
        assertThat(row(table, 0)).containsExactly(5);
        assertThat(row(table, 1)).containsExactly(2.5f);
        assertThat(row(table, 2)).containsExactly(6);
    }

    @Test
    void rejectsAMappingToAMissingRow() throws IOException {
        write("""
                {"embeddings": {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 4]},
                 "mapping": {"dtype": "I32", "shape": [1], "data_offsets": [4, 8]}}""", new byte[] {0, 0, 0, 0, 1, 0, 0, 0});

        assertThatThrownBy(() -> TokenVectorTable.open(file)).hasMessageContaining("row 1, which is not there");
    }

    private static float[] row(TokenVectorTable table, int token) {
        float[] vector = new float[table.dimension()];
        table.read(token, vector);
        return vector;
    }

    private static String header(String name, String type, String shape) {
        return "{\"" + name + "\": {\"dtype\": \"" + type + "\", \"shape\": " + shape + ", \"data_offsets\": [0, 0]}}";
    }

    /** Numbers that half precision represents exactly. */
    private static byte[] values(String type, float... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            int bits = Float.floatToIntBits(value);
            switch (type) {
                case "F32" -> data.putFloat(value);
                case "BF16" -> data.putShort((short) (bits >> 16));
                default ->
                    data.putShort((short)
                            (value == 0
                                    ? 0
                                    : (bits >> 16 & 0x8000)
                                            | ((bits >> 23 & 0xff) - 112 << 10)
                                            | (bits >> 13 & 0x3ff)));
            }
        }
        return Arrays.copyOf(data.array(), data.position());
    }

    private void write(String header, byte[] data) throws IOException {
        Files.write(file, SafetensorsFile.of(header, data));
    }
}
