package dev.embedding.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.file.SafetensorsFile;
import dev.embedding.model.layout.ModelCopy;
import dev.embedding.serving.SmallModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticEncoderTest {

    private static final int DIMENSION = 4;

    private final SmallModels models = new SmallModels();
    private Path model;
    private int tokens;

    @BeforeEach
    void copy(@TempDir Path directory) throws IOException {
        model = ModelCopy.of("static-embedding", directory.resolve("copy"));
        tokens = ReferenceModel.json(model.resolve("tokenizer.json"))
                .path("model")
                .path("vocab")
                .size();
    }

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @Test
    void acceptsATableWithARowForEachToken() throws IOException {
        writeTable(tokens, Float.NaN, tokens + 1);

        assertThat(models.loadFrom(model).dimension()).isEqualTo(DIMENSION);
    }

    @Test
    void ignoresInvalidNumbersInUnusedRows() throws IOException {
        writeTable(tokens + 2, Float.NaN, tokens + 1);

        assertThat(models.loadFrom(model).dimension()).isEqualTo(DIMENSION);
    }

    @Test
    void rejectsATableWithFewerRowsThanThereAreTokens() throws IOException {
        writeTable(tokens - 1, 0, 0);

        assertThatThrownBy(() -> models.loadFrom(model))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("model.safetensors has vectors for " + (tokens - 1) + " tokens")
                .hasMessageContaining("tokenizer.json has ids up to " + (tokens - 1));
    }

    @Test
    void rejectsATableWithoutTheRowOfAnAddedToken() throws IOException {
        writeTable(tokens, 0, 0);
        Path file = model.resolve("tokenizer.json");
        ObjectNode tokenizer = (ObjectNode) ReferenceModel.json(file);
        tokenizer
                .withArray("added_tokens")
                .addObject()
                .put("id", tokens)
                .put("content", "<added>")
                .put("special", true)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false);
        new ObjectMapper().writeValue(file.toFile(), tokenizer);

        assertThatThrownBy(() -> models.loadFrom(model)).hasMessageContaining("tokenizer.json has ids up to " + tokens);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void rejectsATableWithNonFiniteNumbers(float value) throws IOException {
        writeTable(tokens, value, tokens - 1);

        assertThatThrownBy(() -> models.loadFrom(model))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("NaN or infinite numbers in the vector of token " + (tokens - 1));
    }

    /** @param row whose last component has the value; beyond the table for none */
    private void writeTable(int rows, float value, int row) throws IOException {
        ByteBuffer values = ByteBuffer.allocate(rows * DIMENSION * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; index < rows * DIMENSION; index++) {
            values.putFloat(index == row * DIMENSION + DIMENSION - 1 ? value : index % 7);
        }
        String header = "{\"embedding.weight\": {\"dtype\": \"F32\", \"shape\": [%d, %d], \"data_offsets\": [0, %d]}}";
        Files.write(
                model.resolve("model.safetensors"),
                SafetensorsFile.of(header.formatted(rows, DIMENSION, values.capacity()), values.array()));
    }
}
