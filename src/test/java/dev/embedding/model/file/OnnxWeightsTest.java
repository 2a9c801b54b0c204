package dev.embedding.model.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.WireFormat;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.layout.ModelCopy;
import dev.embedding.model.locate.NoHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxWeightsTest {

    @Test
    void findsExternalDataOfTheReferenceModelAndNoneInOthers() throws IOException {
        assertThat(OnnxWeights.read(ReferenceModel.of("bert-mean-external-data").weights())
                        .externalData())
                .containsExactly("model.onnx_data");
        assertThat(OnnxWeights.read(ReferenceModel.of("distilbert-mean").weights())
                        .externalData())
                .isEmpty();
    }

    @Test
    void rejectsTooDeeplyNestedGraphs(@TempDir Path directory) throws IOException {
        byte[] graph = new byte[0];
        for (int depth = 0; depth < 4_000; depth++) {
            graph = field(1, field(5, field(6, graph))); // a node of a graph, its attribute, and the graph in it
        }
        Path file = directory.resolve("model.onnx");
        Files.write(file, field(7, graph));

        assertThatThrownBy(() -> OnnxWeights.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("deep");
    }

    private static byte[] field(int number, byte[] message) {
        ByteString.Output field = ByteString.newOutput();
        field.write(number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
        int length = message.length;
        for (; length > 0x7f; length >>>= 7) {
            field.write(length & 0x7f | 0x80);
        }
        field.write(length);
        field.write(message, 0, message.length);
        return field.toByteString().toByteArray();
    }

    @Test
    void findsExternalDataWhereverATensorMayBeOnceEachInOrder(@TempDir Path directory) throws IOException {
        GraphProto inner =
                GraphProto.newBuilder().addInitializer(tensorIn("inner")).build();
        GraphProto graph = GraphProto.newBuilder()
                .addInitializer(TensorProto.newBuilder().setRawData(ByteString.copyFrom(new byte[100_000])))
                .addInitializer(tensorIn("z"))
                .addInitializer(tensorIn("initializer"))
                .addInitializer(tensorIn("initializer"))
                .addSparseInitializer(SparseTensorProto.newBuilder()
                        .setValues(tensorIn("sparse values"))
                        .setIndices(tensorIn("sparse indices")))
                .addNode(NodeProto.newBuilder()
                        .addAttribute(AttributeProto.newBuilder().setT(tensorIn("attribute")))
                        .addAttribute(AttributeProto.newBuilder().addTensors(tensorIn("attributes")))
                        .addAttribute(AttributeProto.newBuilder().setG(inner))
                        .addAttribute(AttributeProto.newBuilder()
                                .addGraphs(GraphProto.newBuilder()
                                        .addNode(NodeProto.newBuilder()
                                                .addAttribute(AttributeProto.newBuilder()
                                                        .setT(tensorIn("deep")))))))
                .setDocString("after")
                .build();
        FunctionProto function = FunctionProto.newBuilder()
                .addNode(NodeProto.newBuilder()
                        .addAttribute(AttributeProto.newBuilder().setT(tensorIn("function"))))
                .build();
        Path file = directory.resolve("model.onnx");
        Files.write(
                file,
                ModelProto.newBuilder()
                        .setGraph(graph)
                        .addFunctions(function)
                        .build()
                        .toByteArray());

        assertThat(OnnxWeights.read(file).externalData())
                .containsExactly(
                        "attribute",
                        "attributes",
                        "deep",
                        "function",
                        "initializer",
                        "inner",
                        "sparse indices",
                        "sparse values",
                        "z");
    }

    @Test
    void findsThePrecisionWhateverTheFileName(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-mean-external-data", directory);
        relocated(directory, "weights/part.bin");
        Files.createDirectories(directory.resolve("onnx/weights"));
        Files.move(directory.resolve("onnx/model.onnx_data"), directory.resolve("onnx/weights/part.bin"));
        Files.writeString(directory.resolve("onnx/model.onnx.orig"), "not part of it");

        ModelDescription model = locate(directory);

        assertThat(model.weightFiles())
                .containsExactly(directory.resolve("onnx/model.onnx"), directory.resolve("onnx/weights/part.bin"));
        assertThat(model.weightBytes())
                .isEqualTo(Files.size(directory.resolve("onnx/model.onnx"))
                        + Files.size(directory.resolve("onnx/weights/part.bin")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/hostname", "../model.onnx_data", "a/../../model.onnx_data", "", ".", ".."})
    void rejectsLocationsOutsideOfItsFolder(String location, @TempDir Path directory) throws IOException {
        ModelCopy.of("bert-mean-external-data", directory);
        relocated(directory, location);

        assertThatThrownBy(() -> locate(directory))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageEndingWith(
                        "model.onnx has weights in \"" + location + "\", which is not in its folder; export it again");
    }

    @Test
    void namesAMissingFile(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-mean-external-data", directory);
        Files.delete(directory.resolve("onnx/model.onnx_data"));

        assertThatThrownBy(() -> locate(directory))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("model.onnx_data is missing; it holds weights of model.onnx");
    }

    @ParameterizedTest
    @CsvSource({"0.5", "0.9"})
    void rejectsATruncatedFile(double share, @TempDir Path directory) throws IOException {
        ModelCopy.of("distilbert-mean", directory);
        Path weights = directory.resolve("onnx/model.onnx");
        byte[] content = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(content, (int) (share * content.length)));

        assertThatThrownBy(() -> locate(directory))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("model.onnx cannot be read, or is no ONNX file");
    }

    private static ModelDescription locate(Path directory) {
        return NoHub.locator().locate(ModelRequest.of(directory.toString()));
    }

    private static TensorProto tensorIn(String location) {
        return TensorProto.newBuilder()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("offset").setValue("0"))
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue(location))
                .build();
    }

    private static void relocated(Path directory, String location) throws IOException {
        Path weights = directory.resolve("onnx/model.onnx");
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(weights)).toBuilder();
        for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
            for (StringStringEntryProto.Builder entry : tensor.getExternalDataBuilderList()) {
                if (entry.getKey().equals("location")) {
                    entry.setValue(location);
                }
            }
        }
        Files.write(weights, model.build().toByteArray());
    }
}
