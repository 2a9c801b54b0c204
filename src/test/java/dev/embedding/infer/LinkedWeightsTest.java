package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.fixture.ReferenceModel;
import dev.embedding.infer.runtime.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens weights that are symbolic links, with external data that are links too. */
class LinkedWeightsTest {

    private static final InferenceRuntime RUNTIME = new InferenceRuntime();
    private static final ReferenceModel MODEL = ReferenceModel.of("bert-mean-external-data");

    @Test
    void opensTheLayoutOfAHubsCache(@TempDir Path cache) throws IOException {
        Path blobs = Files.createDirectories(cache.resolve("blobs"));
        Path folder = Files.createDirectories(cache.resolve("snapshots/1a2b/onnx"));
        Files.copy(MODEL.weights(), blobs.resolve("0123"));
        Files.copy(MODEL.weights().resolveSibling("model.onnx_data"), blobs.resolve("4567"));
        Files.createSymbolicLink(folder.resolve("model.onnx"), Path.of("../../../blobs/0123"));
        Files.createSymbolicLink(folder.resolve("model.onnx_data"), Path.of("../../../blobs/4567"));

        requireUsable(folder.resolve("model.onnx"));

        Path linked = Files.createSymbolicLink(cache.resolve("my-model"), cache.resolve("snapshots/1a2b"));

        requireUsable(linked.resolve("onnx/model.onnx"));
    }

    /** ONNX Runtime's own rule: data must be beside the file, or beside the target of the link. */
    @Test
    void rejectsExternalDataThatAreLinkedFromElsewhere(@TempDir Path directory) throws IOException {
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere")).resolve("data");
        Path folder = Files.createDirectories(directory.resolve("model"));
        Files.copy(MODEL.weights(), folder.resolve("model.onnx"));
        Files.copy(MODEL.weights().resolveSibling("model.onnx_data"), elsewhere);
        Files.createSymbolicLink(folder.resolve("model.onnx_data"), elsewhere);

        assertThatThrownBy(() -> requireUsable(folder.resolve("model.onnx")))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("model.onnx_data")
                .hasMessageNotContaining(directory.toString());
    }

    private static void requireUsable(Path weights) {
        EngineOptions options = new EngineOptions(Device.CPU, 0, Comparisons.MEAN, Comparisons.REPEATED, 1, 0);
        TokenBatch batch = TokenBatch.of(List.of(MODEL.tokenIds().get(1)));
        try (InferenceEngine linked = InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(weights), options);
                InferenceEngine plain =
                        InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(MODEL.weights()), options)) {

            assertThat(linked.graphForm()).isEqualTo(GraphForm.REWRITTEN);
            TokenVectors vectors = linked.run(batch, new Workspace(), false, () -> {});

            assertThat(vectors.values())
                    .isEqualTo(
                            plain.run(batch, new Workspace(), false, () -> {}).values());
        }
    }
}
