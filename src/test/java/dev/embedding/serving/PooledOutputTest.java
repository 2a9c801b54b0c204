package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.embedding.fixture.PooledOutput;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.Precision;
import dev.embedding.model.layout.ModelCopy;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.check.GoldenCheck;
import dev.embedding.serving.model.check.GoldenVectors;
import dev.embedding.support.WorkerPools;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorNorm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of models whose graph pools. */
@Timeout(60)
class PooledOutputTest {

    private final SmallModels models = new SmallModels();

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @ParameterizedTest
    @CsvSource({"false, true", "false, false", "true, true", "true, false"})
    void returnsTheGraphsVectorsAloneAndInABatch(boolean half, boolean normalize, @TempDir Path directory)
            throws IOException {
        ReferenceModel reference = PooledOutput.reference();
        LoadedModel model = models.loadFrom(PooledOutput.in(directory, half));
        float tolerance = half ? 2e-3f : reference.tolerance();

        List<float[]> together = embed(model, reference.texts(), normalize);

        for (int row = 0; row < together.size(); row++) {
            float[] expected = reference.vectors(true).get(row);
            float[] alone =
                    embed(model, List.of(reference.texts().get(row)), normalize).get(0);
            assertThat(together.get(row)).as("text %d together", row).containsExactly(expected, within(tolerance));
            assertThat(alone).as("text %d alone", row).containsExactly(expected, within(tolerance));
        }
        assertThat(model.dimension()).isEqualTo(reference.dimension());
        assertThat(model.pooling()).isEqualTo("graph");
        GoldenCheck.verify(model, new GoldenVectors(directory.resolve("golden")));
    }

    @Test
    void prefersTokenVectorsSoThatTheServiceNormalises() {
        ReferenceModel reference = PooledOutput.reference();
        LoadedModel model = models.load("bert-sentence-embedding-output");

        assertThat(model.pooling()).isEqualTo("mean");
        assertThat(embed(model, reference.texts(), false).get(0))
                .containsExactly(reference.vectors(false).get(0), within(reference.tolerance()));
    }

    @ParameterizedTest
    @CsvSource({"no-modules-bert-cls, false", "no-modules-bert-cls, true", "bert-sentence-embedding-output, false"})
    void prefersTheGraphsVectorsWhereNoModulesAreListed(String name, boolean normalize, @TempDir Path directory)
            throws IOException {
        ReferenceModel reference = ReferenceModel.of(name);
        ModelCopy.of(name, directory);
        Files.deleteIfExists(directory.resolve("modules.json"));
        LoadedModel model = models.loadFrom(directory);

        requireVectors(embed(model, reference.texts(), normalize), reference.vectors(true), reference.tolerance());
        assertThat(model.pooling()).isEqualTo("graph");
        GoldenCheck.verify(model, new GoldenVectors(directory.resolve("golden")));
    }

    @Test
    void poolsTheTokenVectorsBesideTheGraphsOwnWhenToldHow() {
        ReferenceModel reference = ReferenceModel.of("no-modules-bert-cls");
        LoadedModel cls = models.load(options(reference.directory(), Pooling.CLS));
        LoadedModel mean = models.load(options(reference.directory(), Pooling.MEAN));

        assertThat(cls.pooling()).isEqualTo("cls");
        requireVectors(embed(cls, reference.texts(), true), reference.vectors(true), reference.tolerance());
        assertThat(VectorNorm.length(embed(cls, List.of("a"), false).get(0))).isNotCloseTo(1, within(1e-3));
        assertThat(embed(mean, List.of("a"), true).get(0)[0])
                .isNotCloseTo(embed(cls, List.of("a"), true).get(0)[0], within(1e-3f));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void appliesADenseModuleThatTheGraphLeavesOutAlthoughItFits(boolean normalize) {
        ReferenceModel reference = ReferenceModel.of("pooled-graph-equal-dense");
        LoadedModel model = models.load("pooled-graph-equal-dense");

        requireVectors(embed(model, reference.texts(), normalize), reference.vectors(normalize), reference.tolerance());
    }

    @Test
    void appliesNoDenseModuleThatTheGraphIncludesAndThatFits(@TempDir Path directory) throws IOException {
        Path included = PooledOutput.withProduct(withDense(PooledOutput.in(directory, false), 32, 32));

        float[] vector = embed(models.loadFrom(included), List.of("a"), false).get(0);

        assertThat(vector)
                .containsExactly(PooledOutput.reference().vectors(true).get(0), within(2e-5f));
    }

    @Test
    void appliesADenseModuleThatTheGraphLeavesOut(@TempDir Path directory) throws IOException {
        LoadedModel model = models.loadFrom(withDense(PooledOutput.in(directory, false), 32, 24));

        float[] vector = embed(model, List.of("a"), false).get(0);

        assertThat(vector).hasSize(24);
        assertThat(VectorNorm.length(vector)).isNotCloseTo(1, within(1e-3));
    }

    @Test
    void appliesNoDenseModuleThatTheGraphIncludes(@TempDir Path directory) throws IOException {
        LoadedModel model = models.loadFrom(withDense(PooledOutput.in(directory, false), 48, 32));

        float[] vector = embed(model, List.of("a"), false).get(0);

        assertThat(vector)
                .containsExactly(PooledOutput.reference().vectors(true).get(0), within(2e-5f));
    }

    @Test
    void rejectsADenseModuleWhoseWeightsHaveAnotherShape(@TempDir Path directory) throws IOException {
        Path model = withDense(PooledOutput.in(directory, false), 48, 24);

        assertThatThrownBy(() -> models.loadFrom(model))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageEndingWith("has no tensor linear.weight of the shape [24, 48], but [24, 32]");
    }

    private static Path withDense(Path model, int inFeatures, int outFeatures) throws IOException {
        Path other = ModelCopy.of("bert-mean-dense-normalize", model.resolve("other"));
        Files.move(other.resolve("2_Dense"), model.resolve("2_Dense"));
        Path config = model.resolve("2_Dense/config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replaceAll("(\"in_features\": )\\d+", "$1" + inFeatures)
                        .replaceAll("(\"out_features\": )\\d+", "$1" + outFeatures));
        Files.writeString(model.resolve("modules.json"), """
                [{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
                 {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                 {"idx": 2, "path": "2_Dense", "type": "sentence_transformers.models.Dense"}]
                """);
        return model;
    }

    private static void requireVectors(List<float[]> vectors, List<float[]> expected, float tolerance) {
        for (int row = 0; row < expected.size(); row++) {
            assertThat(vectors.get(row)).as("text %d", row).containsExactly(expected.get(row), within(tolerance));
        }
    }

    private static ModelRequest options(Path directory, Pooling pooling) {
        return new ModelRequest(
                directory.toString(),
                Optional.empty(),
                Precision.FP32,
                Optional.empty(),
                Optional.of(pooling),
                "",
                "",
                InputLimits.NONE);
    }

    private static List<float[]> embed(LoadedModel model, List<String> texts, boolean normalize) {
        ModelRegistry registry = new ModelRegistry("default");
        new DefaultModel(registry).serve(model, PlainOptions.of(normalize));
        return Requests.embed(
                        new InferenceService(
                                registry, new WorkerPools(Runnable::run, Runnable::run), VectorCache.off()),
                        Requests.of(texts))
                .await()
                .atMost(Duration.ofSeconds(50))
                .vectors();
    }
}
