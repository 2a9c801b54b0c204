package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.embedding.ReferenceModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstTokenModelTest {

    private static final Path BUNDLED = Path.of("target", "models", "BAAI", "bge-small-en-v1.5", "onnx", "model.onnx");
    private static final List<String> OUTPUTS = List.of("last_hidden_state");
    private static final List<int[]> ROWS = List.of(
            new int[] {101, 7592, 2088, 102}, new int[] {101, 102}, new int[] {101, 1037, 1037, 1037, 1037, 102});

    private static ModelProto bundled;
    private static LastLayer layer;

    @BeforeAll
    static void readBundledModel() throws IOException {
        try (InputStream content = Files.newInputStream(BUNDLED)) {
            bundled = ModelProto.parseFrom(content);
        }
        layer = LastLayer.find(new OnnxGraph(bundled.getGraph()), OUTPUTS.get(0))
                .orElseThrow();
    }

    @Test
    void givesTheBundledModelsFirstVectorsFromTheShortenedGraph() {
        InferenceRuntime runtime = new InferenceRuntime();
        try (InferenceEngine shipped = engine(runtime, BUNDLED, false);
                InferenceEngine shortened = engine(runtime, BUNDLED, true)) {

            TokenVectors all = shipped.run(TokenBatch.of(ROWS), new Workspace(), false);
            TokenVectors first = shortened.run(TokenBatch.of(ROWS), new Workspace(), false);

            assertThat(all.vectorsOfRow()).isEqualTo(6);
            assertThat(first.vectorsOfRow()).isOne();
            requireSameFirstVectors(all, first, 2e-6f);
        }
    }

    /** Whether a layout is shortened or not, its first vectors are those of the graph as shipped. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert-cls-normalize",
                "distilbert-mean",
                "roberta-mean-bpe",
                "xlmr-mean-prompts",
                "bert-max",
                "modernbert-rope-mean",
                "bert-mean-external-data",
                "plain-transformers"
            })
    void neverChangesAFirstVector(String name) {
        Path weights = ReferenceModel.of(name).weights();
        List<int[]> rows = List.of(new int[] {2, 40, 41, 42, 3}, new int[] {2, 3}, new int[] {2, 99, 3});
        InferenceRuntime runtime = new InferenceRuntime();
        try (InferenceEngine shipped = engine(runtime, weights, false);
                InferenceEngine shortened = engine(runtime, weights, true)) {

            TokenVectors all = shipped.run(TokenBatch.of(rows), new Workspace(), false);
            TokenVectors first = shortened.run(TokenBatch.of(rows), new Workspace(), false);

            requireSameFirstVectors(all, first, 1e-5f);
        }
    }

    @Test
    void leavesALayerAloneWhoseInputIsReadByOthersToo() {
        ModelProto changed = withNode(NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(layer.input())
                .addOutput("another_reader")
                .build());

        assertThat(FirstTokenModel.prune(changed, OUTPUTS)).isEmpty();
    }

    @Test
    void leavesALayerAloneBehindWhichTokensAreMixed() {
        ModelProto changed = withLastNodeBefore(NodeProto.newBuilder()
                .setOpType("ReduceMean")
                .addInput("before_the_end")
                .addOutput(OUTPUTS.get(0))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axes")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addInts(1))
                .build());

        assertThat(FirstTokenModel.prune(changed, OUTPUTS)).isEmpty();
    }

    @Test
    void leavesALayerAloneBehindWhichAnUnknownOperationComes() {
        ModelProto changed = withLastNodeBefore(NodeProto.newBuilder()
                .setOpType("CumSum")
                .addInput("before_the_end")
                .addOutput(OUTPUTS.get(0))
                .build());

        assertThat(FirstTokenModel.prune(changed, OUTPUTS)).isEmpty();
    }

    @Test
    void leavesALayerAloneWhoseQueryIsTurnedByPosition() {
        GraphProto.Builder graph = bundled.getGraph().toBuilder();
        String query = bundled.getGraph().getNode(layer.query()).getOutput(0);
        graph.setNode(
                layer.query(),
                bundled.getGraph().getNode(layer.query()).toBuilder().setOutput(0, "unturned"));
        graph.addNode(
                layer.query() + 1,
                NodeProto.newBuilder()
                        .setOpType("Mul")
                        .addInput("unturned")
                        .addInput("position_dependent")
                        .addOutput(query));

        ModelProto changed = bundled.toBuilder().setGraph(graph).build();

        assertThat(FirstTokenModel.prune(changed, OUTPUTS)).isEmpty();
    }

    @Test
    void leavesAModelAloneThatHasNoSuchOutput() {
        assertThat(FirstTokenModel.prune(bundled, List.of("token_embeddings"))).isEmpty();
    }

    @Test
    void changesTwoInputsAndAddsOneNode() {
        Optional<ModelProto> pruned = FirstTokenModel.prune(bundled, OUTPUTS);

        assertThat(pruned).isPresent();
        assertThat(pruned.get().getGraph().getNodeCount())
                .isEqualTo(bundled.getGraph().getNodeCount() + 1);
        long changed = pruned.get().getGraph().getNodeList().stream()
                .filter(node -> !bundled.getGraph().getNodeList().contains(node))
                .count();
        assertThat(changed).isEqualTo(3);
    }

    private static ModelProto withNode(NodeProto node) {
        return bundled.toBuilder()
                .setGraph(bundled.getGraph().toBuilder().addNode(node))
                .build();
    }

    /** The model with another node between what gave the output before and the output. */
    private static ModelProto withLastNodeBefore(NodeProto last) {
        GraphProto.Builder graph = bundled.getGraph().toBuilder();
        int end = graph.getNodeCount() - 1;
        graph.setNode(end, graph.getNode(end).toBuilder().setOutput(0, "before_the_end"));
        return bundled.toBuilder().setGraph(graph.addNode(last)).build();
    }

    private static void requireSameFirstVectors(TokenVectors all, TokenVectors first, float tolerance) {
        int rows = all.values().limit() / (all.vectorsOfRow() * all.dimension());
        for (int row = 0; row < rows; row++) {
            for (int component = 0; component < all.dimension(); component++) {
                assertThat(first.values().get(first.start(row) + component))
                        .isCloseTo(all.values().get(all.start(row) + component), within(tolerance));
            }
        }
    }

    private static InferenceEngine engine(InferenceRuntime runtime, Path weights, boolean firstTokenOnly) {
        return InferenceEngine.open(runtime, weights, new EngineOptions(Device.CPU, 0, firstTokenOnly, 1, 0));
    }
}
