package dev.embedding.model.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    private final Path file;

    SafetensorsTest(@TempDir Path directory) {
        this.file = directory.resolve("model.safetensors");
    }

    @Test
    void readsFloatsOfEveryPrecision() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(1.5f).putFloat(-2);
        data.putShort((short) 0x3e00)
                .putShort((short) 0xc000)
                .putShort((short) 0x0001)
                .putShort((short) 0x7c00);
        data.putShort((short) 0x3fc0).putShort((short) 0xc000);
        write("""
                {"a": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]},
                 "b": {"dtype": "F16", "shape": [4], "data_offsets": [8, 16]},
                 "c": {"dtype": "BF16", "shape": [2], "data_offsets": [16, 20]}}""", data.array());

        Safetensors tensors = Safetensors.open(file);

        assertThat(tensors.floats("a", 1, 2)).containsExactly(1.5f, -2);
        assertThat(tensors.floats("b", 4)).containsExactly(1.5f, -2, 0x1p-24f, Float.POSITIVE_INFINITY);
        assertThat(tensors.floats("c", 2)).containsExactly(1.5f, -2);
    }

    @Test
    void namesTheProblemOfATensor() throws IOException {
        write("""
                {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
                 "b": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}}""", new byte[4]);

        Safetensors tensors = Safetensors.open(file);

        assertThatThrownBy(() -> tensors.floats("missing", 2)).hasMessageContaining("no tensor missing");
        assertThatThrownBy(() -> tensors.floats("a", 3)).hasMessageContaining("[3], but [2]");
        assertThatThrownBy(() -> tensors.floats("a", 2)).hasMessageContaining("truncated");
        assertThatThrownBy(() -> tensors.floats("b", 1)).hasMessageContaining("I64");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'shape': [2147483647, 2147483647, 2147483647, 2147483647], 'data_offsets': [0, 8]",
                "'shape': [-1, -1], 'data_offsets': [0, 8]",
                "'shape': [2], 'data_offsets': [9223372036854775807, 8]",
                "'shape': [2], 'data_offsets': [-8, 8]"
            })
    void rejectsATensorThatCannotBeInTheFile(String described) throws IOException {
        write("{\"a\": {\"dtype\": \"F32\", " + described.replace('\'', '"') + "}}", new byte[8]);

        Safetensors tensors = Safetensors.open(file);

        assertThatThrownBy(() -> tensors.tensor("a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a is not whole");
    }

    @Test
    void rejectsOtherFiles() throws IOException {
        Files.write(file, new byte[3]);
        assertThatThrownBy(() -> Safetensors.open(file)).hasMessageContaining("too short");
        Files.write(file, "not such a file".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> Safetensors.open(file)).hasMessageContaining("not a safetensors file");
        write("no JSON", new byte[0]);
        assertThatThrownBy(() -> Safetensors.open(file)).hasMessageContaining("not JSON");
    }

    private void write(String header, byte[] data) throws IOException {
        Files.write(file, SafetensorsFile.of(header, data));
    }
}
