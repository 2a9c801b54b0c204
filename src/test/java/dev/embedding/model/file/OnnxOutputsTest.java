package dev.embedding.model.file;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.embedding.fixture.ReferenceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxOutputsTest {

    private final Path file;

    OnnxOutputsTest(@TempDir Path directory) {
        this.file = directory.resolve("model.onnx");
    }

    @ParameterizedTest
    @CsvSource({
        "bert-cls-normalize, onnx/model.onnx, true, false",
        "bert-max, onnx/model.onnx, true, false",
        "bert-sentence-embedding-output, onnx/model.onnx, true, true",
        "no-modules-bert-cls, model.onnx, true, true",
        "pooled-graph-equal-dense, onnx/model.onnx, false, true"
    })
    void findsTokenAndTextVectors(String model, String name, boolean tokens, boolean texts) throws IOException {
        OnnxOutputs outputs =
                OnnxOutputs.read(ReferenceModel.of(model).directory().resolve(name));

        assertThat(outputs.haveTokenVectors()).isEqualTo(tokens);
        assertThat(outputs.haveTextVectors()).isEqualTo(texts);
        assertThat(outputs.multiplyPooled()).isFalse();
        assertThat(outputs.areLogitsOnly()).isFalse();
    }

    @Test
    void recognisesTextVectorsByTheirTwoAxes() throws IOException {
        assertThat(outputs(GraphProto.newBuilder().addOutput(output("sentence_embedding", 2)))
                        .haveTextVectors())
                .isTrue();
        assertThat(outputs(GraphProto.newBuilder().addOutput(output("sentence_embedding", 3)))
                        .haveTextVectors())
                .isFalse();
        assertThat(outputs(GraphProto.newBuilder()
                                .addOutput(ValueInfoProto.newBuilder().setName("sentence_embedding")))
                        .haveTextVectors())
                .isTrue();
    }

    @Test
    void recognisesLogitsWithoutVectors() throws IOException {
        GraphProto.Builder logits = GraphProto.newBuilder().addOutput(output("logits", 2));

        assertThat(outputs(logits).areLogitsOnly()).isTrue();
        assertThat(outputs(logits.addOutput(output("last_hidden_state", 3))).areLogitsOnly())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"MatMul", "Gemm", "MatMulInteger", "MatMulNBits", "FusedMatMul"})
    void findsAProductWithWeightsAfterThePooling(String operator) throws IOException {
        GraphProto.Builder graph = pooledBy("ReduceSum")
                .addInitializer(TensorProto.newBuilder().setName("weight"))
                .addNode(node("DequantizeLinear", "constant", "weight"))
                .addNode(node(operator, "product", "pooled", "constant"))
                .addNode(node("Tanh", "activated", "product"))
                .addNode(node("ReduceL2", "length", "activated"))
                .addNode(node("Div", "sentence_embedding", "activated", "length"));

        assertThat(outputs(graph).multiplyPooled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ReduceSum", "ReduceMean", "ReduceMax", "Gather", "GatherND", "GatherElements", "Slice"})
    void findsNoProductBeforeThePooling(String pooling) throws IOException {
        GraphProto.Builder graph = pooledBy(pooling)
                .addNode(node("Sqrt", "length", "pooled"))
                .addNode(node("Div", "sentence_embedding", "pooled", "length"));

        assertThat(outputs(graph).multiplyPooled()).isFalse();
    }

    @Test
    void treatsAProductOfMaskAndTokensAsPooling() throws IOException {
        GraphProto.Builder graph = pooledBy("Identity").addNode(node("MatMul", "sentence_embedding", "mask", "pooled"));

        assertThat(outputs(graph).multiplyPooled()).isFalse();
    }

    /** The token vectors themselves are a product with weights. */
    private static GraphProto.Builder pooledBy(String operator) {
        return GraphProto.newBuilder()
                .addInitializer(TensorProto.newBuilder().setName("layer"))
                .addNode(node("MatMul", "tokens", "input", "layer"))
                .addNode(node(operator, "pooled", "tokens"))
                .addOutput(output("sentence_embedding", 2));
    }

    private static NodeProto node(String operator, String output, String... inputs) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator).addOutput(output);
        for (String input : inputs) {
            node.addInput(input);
        }
        return node.build();
    }

    private static ValueInfoProto output(String name, int axes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int axis = 0; axis < axes; axis++) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("axis" + axis));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setShape(shape)))
                .build();
    }

    private OnnxOutputs outputs(GraphProto.Builder graph) throws IOException {
        Files.write(file, ModelProto.newBuilder().setGraph(graph).build().toByteArray());
        return OnnxOutputs.read(file);
    }
}
