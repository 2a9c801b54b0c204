package dev.embedding.serving.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.ReferenceModel;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.locate.NoHub;
import dev.embedding.serving.SmallModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares models whose graphs are built from their weights with sentence-transformers. */
@Timeout(60)
class BuiltModelTest {

    private static final float TOLERANCE = 2e-5f;
    private static final float TOLERANCE_OF_NORMALIZED = 2e-6f;

    private final SmallModels models = new SmallModels();

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    static Stream<String> names() throws Exception {
        try (Stream<Path> folders = Files.list(ReferenceModel.resource("/reference/weights"))) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void givesTheReferencesVectorsForEachTextAndForAllAtOnce(String name) {
        ReferenceModel reference = ReferenceModel.ofWeights(name);
        LoadedModel model = load(reference);

        assertThat(model.graphForm()).contains("built");
        assertThat(model.dimension()).isEqualTo(reference.dimension());
        String usual = model.description().prompts().usual();
        requireNear(name, reference.vectors(false), vectors(model, usual, reference.texts(), false), TOLERANCE);
        requireNear(
                name, reference.vectors(true), vectors(model, usual, reference.texts(), true), TOLERANCE_OF_NORMALIZED);
        List<float[]> alone = new ArrayList<>();
        for (String text : reference.texts()) {
            alone.addAll(vectors(model, usual, List.of(text), false));
        }
        requireNear(name, reference.vectors(false), alone, TOLERANCE);
        for (String prompt : reference.promptNames()) {
            String text = model.description().prompts().byName().getOrDefault(prompt, "");
            requireNear(
                    name + " " + prompt,
                    reference.promptedVectors(prompt),
                    vectors(model, text, reference.texts(), false),
                    TOLERANCE);
        }
    }

    private LoadedModel load(ReferenceModel reference) {
        ModelDescription description =
                NoHub.locator().locate(ModelRequest.of(reference.directory().toString()));
        return LoadedModel.load(description, new ModelOptions("cpu", 32, 0), models.host());
    }

    private static List<float[]> vectors(LoadedModel model, String prompt, List<String> texts, boolean normalize) {
        return model
                .compute(
                        Input.ofTexts(texts).stream()
                                .map(text -> model.row(model.tokenizer().tokenize(prompt, text, () -> {}), null))
                                .toList(),
                        Duration.ofSeconds(30))
                .stream()
                .map(output -> model.vector((Output.Dense) output, normalize, model.dimension()))
                .toList();
    }

    private static void requireNear(String name, List<float[]> expected, List<float[]> actual, float tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int text = 0; text < expected.size(); text++) {
            ReferenceVectors.requireNear(name + ", text " + text, actual.get(text), expected.get(text), tolerance);
        }
    }
}
