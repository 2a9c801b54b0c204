package dev.embedding.model.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.file.ModelWeights.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {

    private static final Path EXPORT =
            ReferenceModel.of("bert-mean-external-data").directory().resolve("onnx");

    @Test
    void leavesLargeWeightsInTheFile() throws IOException {
        Path file = ReferenceModel.of("bert-cls-normalize").weights();
        ModelProto whole = ModelProto.parseFrom(Files.readAllBytes(file));

        try (OnnxModel model = OnnxModel.open(file)) {
            List<TensorProto> left = external(model.graph());

            assertThat(left).hasSameSizeAs(model.weights()).isNotEmpty();
            for (Tensor weight : model.weights()) {
                assertThat(model.files().bytes(weight))
                        .isEqualTo(tensor(whole, weight.name()).getRawData().asReadOnlyByteBuffer());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-mean-external-data", "onnx-external-two-files"})
    void findsExternalDataBesideTheFile(String name) throws IOException {
        Path file = ReferenceModel.of(name).weights();

        try (OnnxModel model = OnnxModel.open(file)) {
            ModelProto graph = model.graph();

            assertThat(model.weights()).isNotEmpty();
            assertThat(external(graph)).hasSameSizeAs(model.weights());
            for (Tensor weight : model.weights()) {
                ByteBuffer bytes = model.files().bytes(weight);
                assertThat((long) bytes.remaining()).isEqualTo(weight.bytes());
            }
        }
    }

    @Test
    void followsTheLinksOfAHubsCache(@TempDir Path directory) throws IOException {
        Path snapshot = Files.createDirectory(directory.resolve("snapshot"));
        for (Path file : files()) {
            Path blob = Files.copy(file, directory.resolve("blob-" + file.getFileName()));
            Files.createSymbolicLink(snapshot.resolve(file.getFileName()), blob);
        }

        try (OnnxModel model = OnnxModel.open(snapshot.resolve("model.onnx"))) {
            ModelProto graph = model.graph();

            assertThat(external(graph)).isNotEmpty().allSatisfy(tensor -> assertThat(
                            tensor.getExternalData(0).getValue())
                    .startsWith("blob-"));
        }
    }

    @Test
    void reportsExternalDataThatAreCut(@TempDir Path directory) throws IOException {
        for (Path file : files()) {
            Path copy = Files.copy(file, directory.resolve(file.getFileName()));
            if (!copy.toString().endsWith(".onnx")) {
                try (FileChannel data = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                    FileChannel unused = data.truncate(data.size() / 2);
                }
            }
        }

        assertThatThrownBy(() -> OnnxModel.open(directory.resolve("model.onnx")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not hold");
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(EXPORT)) {
            return files.toList();
        }
    }

    private static List<TensorProto> external(ModelProto model) {
        return model.getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getDataLocation() == DataLocation.EXTERNAL)
                .toList();
    }

    private static TensorProto tensor(ModelProto model, String name) {
        return model.getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
