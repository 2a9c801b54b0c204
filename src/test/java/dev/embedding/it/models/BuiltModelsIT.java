package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import dev.embedding.it.settings.Following;
import dev.embedding.model.layout.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Serves models from their weights, without an ONNX file. */
class BuiltModelsIT {

    private static final ReferenceModel SHARDED = ReferenceModel.ofWeights("xlmr-mean-sharded");
    private static final float TOLERANCE = 2e-6f;

    @Test
    void servesWeightsOfSeveralFilesAndSaysSo() {
        try (ServiceProcess service = serving(SHARDED.directory()).ready()) {
            List<float[]> vectors = service.client().embed(SHARDED.texts()).vectors();

            for (int text = 0; text < vectors.size(); text++) {
                ReferenceVectors.requireNear(
                        vectors.get(text), SHARDED.vectors(true).get(text), TOLERANCE);
            }
            JsonNode info = service.client().get("/model/info").json();
            assertThat(info.path("graph").textValue()).isEqualTo("built");
            assertThat(info.has("graph_not_built_because")).isFalse();
            assertThat(info.path("files").findValuesAsText("name"))
                    .contains("model.safetensors.index.json", "model-00002-of-00003.safetensors");
        }
    }

    @Test
    void saysWhatItCannotBuildAndHowToExportIt(@TempDir Path directory) throws IOException {
        ModelCopy.of(SHARDED.directory(), directory);
        ObjectNode config = (ObjectNode) ReferenceModel.json(directory.resolve("config.json"));
        Files.writeString(
                directory.resolve("config.json"),
                config.put("model_type", "funnel").toString());

        try (ServiceProcess service = serving(directory).live()) {
            assertThat(Following.modelFault(service))
                    .contains("config.json has model_type \"funnel\": known are albert, bert, ")
                    .contains("optimum-cli export onnx --task feature-extraction --model " + directory + " " + directory
                            + "/onnx");
        }
    }

    @Test
    void namesAWeightThatIsMissing(@TempDir Path directory) throws IOException {
        ModelCopy.of(SHARDED.directory(), directory);
        ObjectNode config = (ObjectNode) ReferenceModel.json(directory.resolve("config.json"));
        Files.writeString(
                directory.resolve("config.json"),
                config.put("num_hidden_layers", 3).toString());

        try (ServiceProcess service = serving(directory).live()) {
            assertThat(Following.modelFault(service))
                    .contains("The weight encoder.layer.2.attention.self.query.weight is missing");
        }
    }

    private static ServiceStart serving(Path model) {
        return ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", model.toString())
                .with("EMBEDDING_DEVICE", "cpu");
    }
}
