package dev.embedding.serving.model.quantized;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.Precision;
import dev.embedding.model.locate.NoHub;
import dev.embedding.serving.PatientQueue;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.ModelOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class QuantizedModelsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ModelOptions OPTIONS = new ModelOptions("cpu", 32, 0);
    private static final List<String> TEXTS = List.of("a text", "Another text, which is longer than the first one.");
    private static final Path BUILT = ReferenceModel.ofWeights("roberta-mean").directory();

    private final ModelHost host = new ModelHost(1, 2, PatientQueue.LIMITS, (rows, tokens, paddedTokens, nanos) -> {});
    private final Path directory;
    private final QuantizedModels models;

    QuantizedModelsTest(@TempDir Path directory) {
        this.directory = directory;
        this.models = new QuantizedModels(host, directory, 0.98);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @ParameterizedTest
    @CsvSource({
        "weights/roberta-mean, INT8, built",
        "weights/roberta-mean, INT8_FINE, built",
        "weights/bert-include-prompt-false, INT8, built",
        "weights/gemma3-mean-two-dense, INT8_FINE, built",
        "weights/qwen3-lasttoken-bf16, INT8, built",
        "models/bert-cls-normalize, INT8, rewritten",
        "models/bert-cls-dynamo, INT8, rewritten",
        "models/bert-mean-dense-normalize, INT8, as shipped",
        "models/bert-mean-external-data, INT8_FINE, as shipped",
        "models/no-modules-bert-cls, INT8, as shipped"
    })
    void servesTheMadeGraphAndTellsItsOrigin(String name, Precision precision, String graph)
            throws InterruptedException {
        ModelDescription made = made(ReferenceModel.resource("/reference/" + name), precision);
        LoadedModel model = LoadedModel.load(made, OPTIONS, host);
        try {
            assertThat(model.graphForm()).contains(graph);
            assertThat(made.precision()).isEqualTo(precision.label());
            assertThat(model.encode(TEXTS, PATIENCE)).hasSize(TEXTS.size());
        } finally {
            model.close(PATIENCE);
        }
    }

    @Test
    void keepsTheMadeModel() throws IOException {
        ModelDescription once = made(BUILT, Precision.INT8);
        List<Path> files = files();

        ModelDescription again = made(BUILT, Precision.INT8);

        assertThat(again.quantization()).isEqualTo(once.quantization());
        assertThat(files()).isEqualTo(files).hasSize(3);
    }

    @Test
    void makesAModelAgainWhoseWeightsAreDamaged() throws IOException {
        made(BUILT, Precision.INT8);
        Path weights = files().stream()
                .filter(file -> file.toString().endsWith(".bin"))
                .findFirst()
                .orElseThrow();
        byte[] content = Files.readAllBytes(weights);
        byte[] damaged = content.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(weights, damaged);

        made(BUILT, Precision.INT8);

        assertThat(weights).hasBinaryContent(content);
    }

    private ModelDescription made(Path model, Precision precision) {
        ModelDescription located = NoHub.locator()
                .locate(new ModelRequest(
                        model.toString(),
                        Optional.empty(),
                        precision,
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        "",
                        InputLimits.NONE));
        return models.withQuantizedFile(located, OPTIONS);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
