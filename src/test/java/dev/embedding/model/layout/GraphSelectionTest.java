package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphSelectionTest {

    private static final BuildableGraphs ANY = new BuildableGraphs() {
        @Override
        public Optional<String> refusal(JsonNode config) {
            return Optional.empty();
        }

        @Override
        public Weights weights(JsonNode config, List<Path> files) {
            return new Weights("fp32", 0);
        }
    };

    private final Path directory;

    GraphSelectionTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FP32 | model.safetensors onnx/model.onnx | built",
                "INT8 | model.safetensors onnx/model.onnx | built",
                "INT8_FINE | model.safetensors onnx/model.onnx onnx/model_quantized.onnx | built",
                "INT8 | model.safetensors onnx/model_quantized.onnx | the model has onnx/model_quantized.onnx",
                "INT8 | onnx/model.onnx | the model has no model.safetensors",
                "FP16 | model.safetensors onnx/model_fp16.onnx | precision fp16 is served from ONNX files"
            })
    void buildsUnlessAFileOfThePrecisionIsThere(Precision precision, String names, String selected) throws IOException {
        for (String name : names.split(" ")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }

        GraphSelection selection = GraphSelection.of(
                new ModelFiles("some/model", new ModelDirectory.Local(directory)),
                "",
                new ModelRequest(
                        "some/model",
                        Optional.empty(),
                        precision,
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        "",
                        InputLimits.NONE),
                MissingNode.getInstance(),
                ANY);

        assertThat(selection.weights().isPresent() ? "built" : selection.whyNotBuilt())
                .isEqualTo(selected);
    }
}
