package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.infer.runtime.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks that graphs whose rewriting is wrong or impossible run as shipped, and that only graphs that the engine
 * rejects are rejected.
 */
@Timeout(120)
class SessionOpenerTest {

    private static final InferenceRuntime RUNTIME = new InferenceRuntime();
    private static final Path WEIGHTS = ReferenceModel.of("bert-cls-normalize").weights();
    private static final TokenBatch BATCH = TokenBatch.of(Comparisons.ROWS);

    private final List<String> found = new ArrayList<>();
    private Path file;

    SessionOpenerTest(@TempDir Path directory) {
        this.file = directory.resolve("model.onnx");
    }

    @Test
    void runsARewrittenGraphThatAgreesAndRecordsIt() throws OrtException {
        file = WEIGHTS;

        try (InferenceSession session = open(false)) {
            assertThat(session.packsTokens()).isTrue();
        }

        assertThat(found)
                .singleElement()
                .asString()
                .contains("agrees")
                .contains(" on cpu")
                .contains(RUNTIME.version());
    }

    @Test
    void recordsTheSameGraphUnderTheSameNameAndAnotherUnderAnother() throws OrtException, IOException {
        file = WEIGHTS;
        open(false).close();
        open(false).close();
        assertThat(found.get(1)).isEqualTo(found.get(0));

        file = ReferenceModel.of("distilbert-mean").weights();
        open(false).close();

        assertThat(found.get(2)).isNotEqualTo(found.get(0));
    }

    /** Softmax over queries instead of keys, so that padding counts too. */
    @Test
    void runsAsShippedWhenTheRewrittenGraphGivesOtherNumbers() throws OrtException, IOException {
        Files.write(file, withSoftmaxOverQueries());

        try (InferenceSession shipped = shipped();
                InferenceSession session = open(false)) {
            assertThat(session.packsTokens()).isFalse();
            requireSame(session, shipped);
        }
        assertThat(found).isEmpty();
    }

    @Test
    void doesNotRepeatARecordedComparison() throws OrtException, IOException {
        Files.write(file, withSoftmaxOverQueries());

        try (InferenceSession session = open(true)) {
            assertThat(session.packsTokens()).isTrue();
        }
    }

    /** Faults of graphs that the rewriting does not expect. The engine rejects all of them. */
    private enum Fault {
        PRODUCT_OF_ONE,
        POWER_OF_ONE,
        CONSTANT_OF_NOTHING,
        CIRCLE,
        READ_BEFORE_MADE,
        MADE_TWICE,
        WITHOUT_NODES,
        NO_PROTOBUF
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void failsAsTheEngineDoesForAnInvalidGraph(Fault fault) throws IOException {
        Files.write(file, faulty(fault));

        assertThatThrownBy(() -> open(false)).isInstanceOfAny(OrtException.class, InferenceException.class);
    }

    @Test
    void behavesAsTheEngineForRandomlyChangedGraphs() throws IOException, OrtException {
        ModelProto model = model();
        int opened = 0;
        for (long seed = 1; seed <= 80; seed++) {
            Files.write(file, changed(model, new Random(seed)).toByteArray());
            Optional<InferenceSession> shipped = tryOpen(this::shipped);
            Optional<InferenceSession> session = tryOpen(() -> open(false));
            try {
                assertThat(session.isPresent()).as("seed %d", seed).isEqualTo(shipped.isPresent());
                if (shipped.isPresent() && runs(shipped.get())) {
                    opened++;
                    requireSame(session.orElseThrow(), shipped.get());
                }
            } finally {
                shipped.ifPresent(InferenceSession::close);
                session.ifPresent(InferenceSession::close);
            }
        }
        assertThat(opened).isPositive();
    }

    private interface Opening {
        InferenceSession open() throws OrtException;
    }

    private static Optional<InferenceSession> tryOpen(Opening opening) {
        try {
            return Optional.of(opening.open());
        } catch (OrtException | InferenceException refused) {
            return Optional.empty();
        }
    }

    private static boolean runs(InferenceSession session) {
        try {
            session.run(BATCH, new Workspace(), new RunTermination());
            return true;
        } catch (OrtException | InferenceException refused) {
            return false;
        }
    }

    private InferenceSession shipped() throws OrtException {
        return InferenceSession.open(RUNTIME, file, new SessionOptions(), 0, false, GraphOutput.TOKENS);
    }

    private InferenceSession open(boolean known) throws OrtException {
        return new SessionOpener(RUNTIME, file, 0, Comparisons.CLS, comparison(known))
                .open(new SessionOptions(), ExecutionTarget.CPU);
    }

    private Optional<GraphComparison> comparison(boolean known) {
        return Optional.of(new GraphComparison(Comparisons.ROWS, finding -> known, found::add));
    }

    private static void requireSame(InferenceSession session, InferenceSession shipped) throws OrtException {
        TokenVectors some = session.run(BATCH, new Workspace(), new RunTermination());
        TokenVectors all = shipped.run(BATCH, new Workspace(), new RunTermination());
        for (int row = 0; row < BATCH.rows().size(); row++) {
            for (int component = 0; component < all.dimension(); component++) {
                float expected = all.values().get(all.start(row) + component);
                assertThat(some.values().get(some.start(row) + component))
                        .isCloseTo(expected, within(1e-3f * Math.max(1, Math.abs(expected))));
            }
        }
    }

    private static ModelProto model() throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(WEIGHTS));
    }

    private static byte[] withSoftmaxOverQueries() throws IOException {
        ModelProto.Builder model = model().toBuilder();
        for (NodeProto.Builder node : model.getGraphBuilder().getNodeBuilderList()) {
            if (node.getOpType().equals("Softmax")) {
                node.getAttributeBuilder(0).setI(2);
            }
        }
        return model.build().toByteArray();
    }

    private static byte[] faulty(Fault fault) throws IOException {
        ModelProto.Builder model = model().toBuilder();
        GraphProto.Builder graph = model.getGraphBuilder();
        switch (fault) {
            case PRODUCT_OF_ONE -> first(graph, "MatMul").clearInput().addInput("input_ids");
            case POWER_OF_ONE -> {
                NodeProto.Builder power = first(graph, "Pow");
                String input = power.getInput(0);
                power.clearInput().addInput(input);
            }
            case CONSTANT_OF_NOTHING -> first(graph, "Constant").clearOutput();
            case CIRCLE -> {
                NodeProto.Builder sum = first(graph, "Add");
                sum.setInput(0, sum.getOutput(0));
            }
            case READ_BEFORE_MADE -> {
                NodeProto.Builder sum = first(graph, "Add");
                sum.setInput(0, "last_hidden_state");
            }
            case MADE_TWICE -> graph.addNode(graph.getNode(graph.getNodeCount() - 1));
            case WITHOUT_NODES -> graph.clearNode();
            case NO_PROTOBUF -> {
                return new byte[] {0, 1, 2, 3};
            }
        }
        return model.build().toByteArray();
    }

    private static NodeProto.Builder first(GraphProto.Builder graph, String op) {
        return graph.getNodeBuilderList().stream()
                .filter(node -> node.getOpType().equals(op))
                .findFirst()
                .orElseThrow();
    }

    private static ModelProto changed(ModelProto model, Random random) {
        ModelProto.Builder changed = model.toBuilder();
        GraphProto.Builder graph = changed.getGraphBuilder();
        int index = random.nextInt(graph.getNodeCount());
        NodeProto.Builder node = graph.getNodeBuilder(index);
        NodeProto other = graph.getNode(random.nextInt(graph.getNodeCount()));
        switch (random.nextInt(7)) {
            case 0 -> graph.removeNode(index);
            case 1 -> graph.addNode(index, other);
            case 2 -> node.setOpType(other.getOpType());
            case 3 -> node.clearAttribute().addAllAttribute(other.getAttributeList());
            case 4 -> graph.removeInitializer(random.nextInt(graph.getInitializerCount()));
            case 5 -> node.clearInput().addAllInput(other.getInputList());
            default -> {
                List<String> inputs = new ArrayList<>(node.getInputList());
                inputs.add(other.getOutput(0));
                Collections.shuffle(inputs, random);
                node.clearInput().addAllInput(inputs);
            }
        }
        return changed.build();
    }
}
