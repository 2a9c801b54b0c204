package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.embedding.infer.onnx.GraphBuilder;
import dev.embedding.infer.onnx.Graphs;
import dev.embedding.infer.onnx.HeadNodes;
import dev.embedding.infer.onnx.Nodes;
import dev.embedding.infer.onnx.TokenRows;
import dev.embedding.model.file.FileBytes;
import dev.embedding.support.ProcessDirectory;
import dev.embedding.vector.VectorHead;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * Rewrites a model so that it computes less and gives the same vectors, up to rounding: the last layer for the first
 * token only where no other is read ({@link FirstTokenOnly}), and padding in attention only ({@link PackedTokens}).
 */
public final class GraphPreparation {

    /** The tensor with the first token of each text, {@code [batch, 1, hidden]}. */
    static final String FIRST_ROW = Nodes.PREFIX + "first_row";

    private static final int CHECKSUM_DIGITS = 8;

    private GraphPreparation() {}

    /**
     * Options of the rewriting. The rewritten graph ends in the texts' vectors, as the output {@link HeadNodes#OUTPUT}.
     *
     * @param outputs names that the output with the token vectors may have, the likeliest first
     * @param head what makes the texts' vectors from them; empty where the graph does it itself
     * @param packTokens whether padding is to be computed in attention only
     */
    public record Wish(List<String> outputs, Optional<VectorHead> head, boolean packTokens) {}

    /**
     * A rewritten model.
     *
     * @param firstTokenOnly whether its last layer is computed for the first token only
     * @param packsTokens whether padding costs in attention only
     */
    public record Prepared(ModelProto model, boolean firstTokenOnly, boolean packsTokens) {}

    /**
     * A rewritten model in a temporary file, which the caller deletes.
     *
     * @param packsTokens whether padding costs in attention only
     * @param checksum checksum of everything but the weights, which the rewriting leaves unchanged: when another
     *     version of the rewriting changes this model's graph, the checksum changes too
     * @param folderOfWeights where the files lie that it names, for a graph without its weights
     */
    public record PreparedFile(Path path, boolean packsTokens, String checksum, Optional<Path> folderOfWeights) {}

    /** Writes the rewritten model; empty when no computation can be saved. */
    public static Optional<PreparedFile> write(Path onnxFile, Wish options) throws IOException {
        try (FileBytes content = FileBytes.read(onnxFile)) {
            // Aliased, so that the weights never lie on the heap.
            CodedInputStream input =
                    UnsafeByteOperations.unsafeWrap(content.bytes()).newCodedInput();
            input.enableAliasing(true);
            Optional<Prepared> prepared = prepare(ModelProto.parseFrom(input), options);
            if (prepared.isEmpty()) {
                return Optional.empty();
            }
            ModelProto model = prepared.get().model();
            String checksum = checksum(model.getGraph());
            Optional<ExternalWeights> external = ExternalWeights.of(model, onnxFile);
            ModelProto written = external.map(ExternalWeights::model).orElse(model);
            return Optional.of(new PreparedFile(
                    writeTemporary(written),
                    prepared.get().packsTokens(),
                    checksum,
                    external.map(ExternalWeights::folder)));
        }
    }

    /** The rewritten model; empty when no computation can be saved. */
    public static Optional<Prepared> prepare(ModelProto model, Wish options) {
        GraphProto shipped = model.getGraph();
        Optional<ValueInfoProto> output = options.outputs().stream()
                .flatMap(name -> declared(shipped, name).stream())
                .findFirst();
        boolean rewritable = output.isPresent()
                && (options.head().isPresent()
                        ? width(output.get()) > 0
                        : declared(shipped, HeadNodes.OUTPUT).isPresent())
                && !hasHalfPrecision(shipped)
                && GraphOrder.isKept(shipped);
        return rewritable ? prepare(model, output.get(), options) : Optional.empty();
    }

    private static Optional<ValueInfoProto> declared(GraphProto graph, String output) {
        return graph.getOutputList().stream()
                .filter(declared -> declared.getName().equals(output))
                .findFirst();
    }

    private static Optional<Prepared> prepare(ModelProto model, ValueInfoProto declared, Wish options) {
        String output = declared.getName();
        OnnxGraph graph = new OnnxGraph(model.getGraph(), output);
        List<EncoderLayer> layers = EncoderLayer.findAll(graph);
        if (layers.isEmpty() || graph.hasGraphsInside()) {
            return Optional.empty();
        }
        EncoderLayer last = layers.get(layers.size() - 1);
        long opset = opset(model);
        boolean shortened =
                options.head().filter(VectorHead::readsFirstTokenOnly).isPresent()
                        && opset >= FirstTokenOnly.SMALLEST_OPSET
                        && last.isLast(graph, output);
        List<NodeProto> nodes = shortened ? FirstTokenOnly.apply(graph, last) : graph.nodes();
        GraphBuilder packed = new GraphBuilder(opset);
        Optional<TokenRows> tokens = options.packTokens() && opset >= PackedTokens.SMALLEST_OPSET
                ? PackedTokens.apply(
                        graph,
                        shortened ? layers.subList(0, layers.size() - 1) : layers,
                        nodes,
                        output,
                        shortened,
                        packed)
                : Optional.empty();
        if (!shortened && tokens.isEmpty()) {
            return Optional.empty();
        }
        GraphBuilder builder = tokens.isPresent() ? packed : copied(nodes, opset);
        if (shortened) {
            FirstTokenOnly.constants().forEach(builder::declare);
        }
        ValueInfoProto vectors = options.head()
                .map(head -> vectors(builder, tokens, declared, head, shortened))
                .orElseGet(() -> ownVectors(model.getGraph(), builder, tokens.orElseThrow(), output));
        ModelProto prepared = withNodes(model, builder, vectors);
        return Optional.of(new Prepared(
                options.packTokens() ? VectorizedLayerNorm.apply(prepared) : prepared, shortened, tokens.isPresent()));
    }

    private static GraphBuilder copied(List<NodeProto> nodes, long opset) {
        GraphBuilder copy = new GraphBuilder(opset);
        nodes.forEach(copy::add);
        return copy;
    }

    private static ValueInfoProto vectors(
            GraphBuilder graph,
            Optional<TokenRows> tokens,
            ValueInfoProto declared,
            VectorHead head,
            boolean shortened) {
        String vectors = shortened
                ? HeadNodes.ofPooled(graph, head, graph.op("Flatten", declared.getName()))
                : new HeadNodes(graph, tokens.orElseThrow(), head).ofAll(PackedTokens.OUTPUT_ROWS);
        graph.add(Nodes.node("Identity", List.of(vectors), HeadNodes.OUTPUT));
        return GraphBuilder.vectors(HeadNodes.OUTPUT, head.dimension(width(declared)));
    }

    /** Adds what the graph makes of its token vectors itself. */
    private static ValueInfoProto ownVectors(GraphProto shipped, GraphBuilder graph, TokenRows tokens, String output) {
        String spread = tokens.spread(PackedTokens.OUTPUT_ROWS);
        graph.add(Nodes.node("Identity", List.of(spread), output));
        OnnxGraph.between(output, HeadNodes.OUTPUT, shipped).forEach(graph::add);
        return declared(shipped, HeadNodes.OUTPUT).orElseThrow();
    }

    /** Components of a token's vector; 0 when the graph does not say. */
    private static int width(ValueInfoProto output) {
        TensorShapeProto shape = output.getType().getTensorType().getShape();
        return shape.getDimCount() == 0
                ? 0
                : Math.toIntExact(shape.getDim(shape.getDimCount() - 1).getDimValue());
    }

    /**
     * Whether weights are in half precision: where ONNX Runtime converts to full precision depends on the graph, and
     * with it the rounding.
     */
    private static boolean hasHalfPrecision(GraphProto graph) {
        return graph.getInitializerList().stream()
                .anyMatch(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT16.getNumber());
    }

    /** Version of the standard operators; 0 when there is none. */
    public static long opset(ModelProto model) {
        return model.getOpsetImportList().stream()
                .filter(operators -> operators.getDomain().isEmpty())
                .mapToLong(OperatorSetIdProto::getVersion)
                .findFirst()
                .orElse(0);
    }

    private static ModelProto withNodes(ModelProto model, GraphBuilder content, ValueInfoProto output) {
        GraphProto.Builder graph = model.getGraph().toBuilder()
                .clearNode()
                .clearValueInfo()
                .clearOutput()
                .addAllNode(content.nodes())
                .addAllInput(content.inputs())
                .addAllInitializer(content.constants())
                .addOutput(output);
        return Graphs.withOperatorsOfRuntime(model.toBuilder().setGraph(graph).build());
    }

    private static String checksum(GraphProto graph) throws IOException {
        CRC32C checksum = new CRC32C();
        try (OutputStream sink = new CheckedOutputStream(OutputStream.nullOutputStream(), checksum)) {
            graph.toBuilder().clearInitializer().build().writeTo(sink);
            for (TensorProto tensor : graph.getInitializerList()) {
                if (tensor.getName().startsWith(Nodes.PREFIX)) {
                    tensor.writeTo(sink);
                }
            }
        }
        return HexFormat.of().toHexDigits(checksum.getValue(), CHECKSUM_DIGITS);
    }

    private static Path writeTemporary(ModelProto model) throws IOException {
        Path file = Files.createTempFile(ProcessDirectory.path(), "prepared-model", ".onnx");
        // A file's own stream takes such bytes without copying them through the heap.
        try (OutputStream content = new FileOutputStream(file.toFile())) {
            model.writeTo(content);
            return file;
        } catch (IOException | RuntimeException failure) {
            Files.deleteIfExists(file);
            throw failure;
        }
    }
}
