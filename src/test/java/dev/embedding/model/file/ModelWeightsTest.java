package dev.embedding.model.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelWeightsTest {

    private final Path directory;

    ModelWeightsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void readsTensorsOfSeveralFilesAndOfEachType() throws IOException {
        Path one = write("one", """
                {"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"__metadata__":{"format":"pt"}}""", floats(1.5f, -2));
        Path two = write("two", """
                {"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"c":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""", new byte[8]);

        try (ModelWeights weights = ModelWeights.open(List.of(one, two))) {
            ModelWeights.Tensor tensor = weights.tensor("a");
            ByteBuffer bytes = weights.files().bytes(tensor);

            assertThat(weights.names()).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(tensor.shape()).containsExactly(1, 2);
            assertThat(tensor.type()).isEqualTo(ModelWeights.Type.F32);
            assertThat(bytes.getFloat(0)).isEqualTo(1.5f);
            assertThat(bytes.getFloat(4)).isEqualTo(-2);
            assertThat(weights.tensor("b").bytes()).isEqualTo(4);
            assertThat(weights.precision()).isEqualTo("fp32");
            weights.files().giveBack();
            assertThat(bytes.getFloat(0)).isEqualTo(1.5f);
        }
    }

    @Test
    void namesAFileWithoutItsLinks() throws IOException {
        Path file = write("blob", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", floats(1));
        Path link = Files.createSymbolicLink(directory.resolve("model.safetensors"), file);

        try (ModelWeights weights = ModelWeights.open(List.of(link))) {
            assertThat(weights.tensor("a").file()).isEqualTo(file.toRealPath());
        }
    }

    @Test
    void refusesTensorsThatAreNotThereOrNotWhole() throws IOException {
        Path file = write("file", """
                {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", new byte[8]);

        try (ModelWeights weights = ModelWeights.open(List.of(file))) {
            assertThatThrownBy(() -> weights.tensor("a")).hasMessage("file is truncated: a is not whole");
            assertThatThrownBy(() -> weights.tensor("b"))
                    .hasMessage("file has b as I64; supported are F32, F16 and BF16");
            assertThatThrownBy(() -> weights.tensor("c")).hasMessage("There is no weight c");
        }
    }

    @Test
    void refusesFilesThatAreNoneOrAreMissing() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[3]);

        assertThatThrownBy(() -> ModelWeights.open(List.of(file))).hasMessageContaining("too short");
        assertThatThrownBy(() -> ModelWeights.open(List.of(directory.resolve("missing"))))
                .isInstanceOf(IOException.class);
    }

    @Test
    void givesNothingAfterItWasClosed() throws IOException {
        Path file = write("file", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", floats(1));
        ModelWeights weights = ModelWeights.open(List.of(file));
        ModelWeights.Tensor tensor = weights.tensor("a");

        weights.close();

        assertThatThrownBy(() -> weights.files().bytes(tensor)).isInstanceOf(IllegalStateException.class);
    }

    private Path write(String name, String header, byte[] data) throws IOException {
        return Files.write(directory.resolve(name), SafetensorsFile.of(header, data));
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }
}
