package dev.embedding.infer.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.embedding.infer.graph.GraphPreparation.Prepared;
import dev.embedding.infer.graph.GraphPreparation.Wish;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorSteps;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GraphPreparationTest {

    private static final Path BUNDLED = Path.of("target", "models", "BAAI", "bge-small-en-v1.5", "onnx", "model.onnx");
    private static final String OUTPUT = "last_hidden_state";
    private static final Optional<VectorHead> CLS = head(Pooling.CLS);
    private static final Optional<VectorHead> MEAN = head(Pooling.MEAN);
    private static final Wish SHORTENED = new Wish(List.of(OUTPUT), CLS, false);
    private static final Wish PACKED = new Wish(List.of(OUTPUT), MEAN, true);
    private static final Wish BOTH = new Wish(List.of(OUTPUT), CLS, true);

    private static ModelProto bundled;
    private static EncoderLayer layer;
    private static int count;

    @BeforeAll
    static void readBundledModel() throws IOException {
        try (InputStream content = Files.newInputStream(BUNDLED)) {
            bundled = ModelProto.parseFrom(content);
        }
        List<EncoderLayer> layers = EncoderLayer.findAll(new OnnxGraph(bundled.getGraph(), OUTPUT));
        layer = layers.get(layers.size() - 1);
        count = layers.size();
    }

    @Test
    void findsEveryLayerOfTheBundledModel() {
        assertThat(count).isEqualTo(12);
    }

    @Test
    void shortensTheLastLayerOnly() {
        Prepared prepared = GraphPreparation.prepare(bundled, SHORTENED).orElseThrow();

        assertThat(prepared.firstTokenOnly()).isTrue();
        assertThat(prepared.packsTokens()).isFalse();
        assertThat(changedNodes(prepared.model()))
                .as(
                        "query, residual, split, merge and mask; new are the first row, two for the shape, the mask's row, and"
                                + " two that make the vector")
                .isEqualTo(9 + 2);
    }

    @Test
    void keepsAllTokensWhenAllAreRead() {
        Prepared prepared = GraphPreparation.prepare(bundled, PACKED).orElseThrow();

        assertThat(prepared.firstTokenOnly()).isFalse();
        assertThat(prepared.packsTokens()).isTrue();
    }

    @Test
    void spreadsOnlyTensorsThatAreSplitIntoHeads() {
        Prepared prepared = GraphPreparation.prepare(bundled, BOTH).orElseThrow();

        assertThat(prepared.firstTokenOnly()).isTrue();
        assertThat(prepared.packsTokens()).isTrue();
        List<NodeProto> nodes = prepared.model().getGraph().getNodeList();
        String places = nodes.stream()
                .filter(node -> node.getOpType().equals("Reshape") && isDifference(node.getInput(0), nodes))
                .findFirst()
                .orElseThrow()
                .getOutput(0);
        long spread = nodes.stream()
                .filter(node ->
                        node.getOpType().equals("Gather") && node.getInput(1).equals(places))
                .count();
        assertThat(spread)
                .as("query, key and value, but of the last layer's query")
                .isEqualTo(3 * 12 - 1);
    }

    private static boolean isDifference(String tensor, List<NodeProto> nodes) {
        return nodes.stream()
                .anyMatch(node ->
                        node.getOpType().equals("Sub") && node.getOutput(0).equals(tensor));
    }

    @Test
    void doesNotShortenALayerWhoseInputHasOtherConsumers() {
        ModelProto changed = withLastNodesBefore(
                node("Identity", layer.input(), "another_reader"),
                node("Add", "before_the_end", OUTPUT).toBuilder()
                        .addInput("another_reader")
                        .build());

        assertThat(GraphPreparation.prepare(changed, BOTH)).isEmpty();
    }

    @Test
    void doesNotRewriteAModelThatMixesTokensOutsideOfAttention() {
        NodeProto overTokens = node("ReduceMean", "before_the_end", OUTPUT).toBuilder()
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axes")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addInts(1))
                .build();

        assertThat(GraphPreparation.prepare(withLastNodesBefore(overTokens), BOTH))
                .isEmpty();
    }

    @Test
    void doesNotRewriteAModelWithAnUnknownOperation() {
        ModelProto changed = withLastNodesBefore(node("CumSum", "before_the_end", OUTPUT));

        assertThat(GraphPreparation.prepare(changed, BOTH)).isEmpty();
    }

    @Test
    void doesNotRewriteAModelWithRotaryPositions() {
        GraphProto.Builder graph = bundled.getGraph().toBuilder();
        NodeProto query = new OnnxGraph(bundled.getGraph(), OUTPUT).node(layer.query());
        int index = graph.getNodeList().indexOf(query);
        graph.setNode(index, query.toBuilder().setOutput(0, "unturned"));
        graph.addNode(
                index + 1,
                node("Mul", "unturned", query.getOutput(0)).toBuilder()
                        .addInput("position_dependent")
                        .build());

        ModelProto changed = bundled.toBuilder().setGraph(graph).build();

        assertThat(GraphPreparation.prepare(changed, BOTH)).isEmpty();
    }

    @Test
    void doesNotRewriteAModelWithoutTheRequestedOutput() {
        Wish other = new Wish(List.of("token_embeddings"), CLS, true);

        assertThat(GraphPreparation.prepare(bundled, other)).isEmpty();
    }

    @Test
    void shortensButDoesNotPackAModelWithOlderOperators() {
        ModelProto older = bundled.toBuilder()
                .clearOpsetImport()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(10))
                .build();

        Prepared prepared = GraphPreparation.prepare(older, BOTH).orElseThrow();

        assertThat(prepared.firstTokenOnly()).isTrue();
        assertThat(prepared.packsTokens()).isFalse();
    }

    @Test
    void doesNotPackAModelWithoutAMask() {
        GraphProto.Builder graph = bundled.getGraph().toBuilder();
        int mask = graph.getInputList().stream()
                .map(ValueInfoProto::getName)
                .toList()
                .indexOf("attention_mask");
        ModelProto maskless =
                bundled.toBuilder().setGraph(graph.removeInput(mask)).build();

        assertThat(GraphPreparation.prepare(maskless, PACKED)).isEmpty();
    }

    private static Optional<VectorHead> head(Pooling pooling) {
        return Optional.of(new VectorHead(List.of(pooling), false, VectorSteps.NONE));
    }

    private static long changedNodes(ModelProto model) {
        return model.getGraph().getNodeList().stream()
                .filter(node -> !bundled.getGraph().getNodeList().contains(node))
                .count();
    }

    private static NodeProto node(String op, String input, String output) {
        return NodeProto.newBuilder()
                .setOpType(op)
                .addInput(input)
                .addOutput(output)
                .build();
    }

    /** The model with other nodes between its last node and the output. */
    private static ModelProto withLastNodesBefore(NodeProto... last) {
        GraphProto.Builder graph = bundled.getGraph().toBuilder();
        int end = graph.getNodeCount() - 1;
        graph.setNode(end, graph.getNode(end).toBuilder().setOutput(0, "before_the_end"));
        return bundled.toBuilder().setGraph(graph.addAllNode(List.of(last))).build();
    }
}
