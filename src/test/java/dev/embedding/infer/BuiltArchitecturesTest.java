package dev.embedding.infer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorSteps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares built graphs of many configurations with sentence-transformers: each text alone, and all in one padded
 * batch, with texts so long that attention is computed in blocks.
 */
@Timeout(60)
class BuiltArchitecturesTest {

    private static final float TOLERANCE = 2e-5f;
    private static final InferenceRuntime RUNTIME = new InferenceRuntime();

    static Stream<String> names() throws IOException {
        try (Stream<Path> folders = Files.list(ReferenceModel.resource("/reference/architectures"))) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void givesTheReferencesVectorsAloneAndInOneBatch(String name) {
        ReferenceModel model = ReferenceModel.ofArchitecture(name);
        JsonNode config = ReferenceModel.json(model.directory().resolve("config.json"));
        VectorHead head =
                new VectorHead(List.of(Pooling.byLabel(model.pooling()).orElseThrow()), false, VectorSteps.NONE);
        GraphSource source =
                new GraphSource.Weights(config, List.of(model.directory().resolve("model.safetensors")), head);

        try (InferenceEngine engine = InferenceEngine.open(RUNTIME, source, options(config))) {
            List<int[]> rows = model.tokenIds();
            for (int row = 0; row < rows.size(); row++) {
                ReferenceVectors.requireNear(
                        name + ", text " + row,
                        vectors(engine, List.of(rows.get(row))).get(0),
                        model.vectors(false).get(row),
                        TOLERANCE);
            }
            List<float[]> together = vectors(engine, rows);
            for (int row = 0; row < rows.size(); row++) {
                ReferenceVectors.requireNear(
                        name + ", text " + row + " in a batch",
                        together.get(row),
                        model.vectors(false).get(row),
                        TOLERANCE);
            }
        }
    }

    private static EngineOptions options(JsonNode config) {
        int padTokenId = config.path("pad_token_id").asInt(0);
        return new EngineOptions(Device.CPU, padTokenId, Optional.empty(), Optional.empty(), 1, 0);
    }

    private static List<float[]> vectors(InferenceEngine engine, List<int[]> rows) {
        TokenVectors vectors = engine.run(TokenBatch.of(rows), new Workspace(), false, () -> {});
        return Stream.iterate(0, row -> row + 1)
                .limit(rows.size())
                .map(row -> {
                    float[] vector = new float[vectors.dimension()];
                    vectors.values().get(vectors.start(row), vector);
                    return vector;
                })
                .toList();
    }
}
