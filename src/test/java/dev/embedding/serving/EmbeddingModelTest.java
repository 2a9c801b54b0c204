package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.ReferenceModel;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelDescription.Source;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.PoolingMode;
import dev.embedding.model.Prompts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EmbeddingModelTest {

    private static final ReferenceModel REFERENCE = ReferenceModel.of("distilbert-mean");

    private final SmallModels models = new SmallModels();

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert-cls-normalize",
                "bert-mean-external-data",
                "bert-sentence-embedding-output",
                "distilbert-mean",
                "modernbert-rope-mean",
                "roberta-mean-bpe",
                "xlmr-mean-prompts"
            })
    void passesTheGoldenCheck(String name, @TempDir Path directory) {
        EmbeddingModel model = models.load(name);

        assertThatCode(() -> GoldenCheck.verify(model, new GoldenVectors(directory)))
                .doesNotThrowAnyException();
        assertThat(model.device()).isEqualTo("cpu");
        assertThat(model.dimension()).isEqualTo(ReferenceModel.of(name).dimension());
    }

    @Test
    void refusesWeightsThatAreNoModelByName(@TempDir Path directory) throws IOException {
        Path weights = Files.writeString(directory.resolve("model.onnx"), "no model");

        assertThatThrownBy(() -> load(weights, REFERENCE.tokenizer()))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("Model some/model: model.onnx cannot be opened: ")
                .hasMessageNotContaining(directory.toString());
    }

    @Test
    void refusesATokenizerThatIsNoneByName(@TempDir Path directory) throws IOException {
        Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), "{}");

        assertThatThrownBy(() -> load(REFERENCE.weights(), tokenizer))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("Model some/model: tokenizer.json is no tokenizer that can be read")
                .hasMessageNotContaining(directory.toString());
    }

    @Test
    void refusesFilesThatAreGoneWithoutTellingWhereTheyLay(@TempDir Path directory) {
        assertThatThrownBy(() -> load(REFERENCE.weights(), directory.resolve("tokenizer.json")))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageNotContaining(directory.toString());
        assertThatThrownBy(() -> load(directory.resolve("model.onnx"), REFERENCE.tokenizer()))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageNotContaining(directory.toString());
    }

    @Test
    void readsMemoryOfAGpuAsItsDriverReportsIt() {
        assertThat(GpuMemory.parse(" 1234\n")).contains(new GpuMemory(1234, 1234));
        assertThat(GpuMemory.parse("No devices were found")).isEqualTo(Optional.empty());
        assertThat(GpuMemory.parse("")).isEmpty();
    }

    private EmbeddingModel load(Path weights, Path tokenizer) {
        return EmbeddingModel.load(
                new ModelDescription(
                        "some/model",
                        Source.DIRECTORY,
                        weights,
                        tokenizer,
                        "distilbert",
                        List.of(PoolingMode.MEAN),
                        List.of(),
                        false,
                        128,
                        "",
                        false,
                        false,
                        0,
                        Prompts.NONE,
                        true),
                new ModelOptions("cpu", 32, 0),
                models.host());
    }
}
