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
import dev.embedding.infer.onnx.HeadNodes;
import dev.embedding.infer.onnx.Nodes;
import dev.embedding.infer.onnx.ReductionNodes;
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

    /** Name of the output with the texts' vectors. */
    public static final String VECTORS = "sentence_embedding";

    /** The tensor with the first token of each text, {@code [batch, 1, hidden]}. */
    static final String FIRST_ROW = Nodes.PREFIX + "first_row";

    private static final int CHECKSUM_DIGITS = 8;

    private GraphPreparation() {}

    /**
     * Options of the rewriting.
     *
     * @param outputs names that the output with the token vectors may have, the likeliest first
     * @param end what is made from the token vectors
     * @param firstTokenOnly whether only the first token's vector of each text is read
     * @param packTokens whether padding is to be computed in attention only
     */
    public record Wish(List<String> outputs, End end, boolean firstTokenOnly, boolean packTokens) {}

    /** The end of a rewritten graph. */
    public sealed interface End {

        /** Token vectors are the output, as they were. */
        record Tokens() implements End {}

        /** The texts' vectors, which a head makes, are the new output {@link #VECTORS}. */
        record Head(VectorHead head) implements End {}

        /** The texts' vectors, which the graph makes itself, are the output {@link #VECTORS}. */
        record OwnVectors() implements End {}
    }

    /**
     * A rewritten model.
     *
     * @param firstTokenOnly whether its output, without a head, is {@code [batch, 1, dimension]}
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
                && (!(options.end() instanceof End.Head) || width(output.get()) > 0)
                && (!(options.end() instanceof End.OwnVectors)
                        || declared(shipped, VECTORS).isPresent())
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
        boolean shortened =
                options.firstTokenOnly() && opset(model) >= FirstTokenOnly.SMALLEST_OPSET && last.isLast(graph, output);
        List<NodeProto> nodes = shortened ? FirstTokenOnly.apply(graph, last) : graph.nodes();
        GraphBuilder packed = new GraphBuilder(opset(model));
        Optional<TokenRows> tokens = options.packTokens() && opset(model) >= PackedTokens.SMALLEST_OPSET
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
        GraphBuilder builder = tokens.isPresent() ? packed : copied(nodes, opset(model));
        if (shortened) {
            FirstTokenOnly.constants().forEach(builder::declare);
        }
        ValueInfoProto end = end(model.getGraph(), options.end(), builder, tokens, declared, shortened);
        ModelProto prepared = withNodes(model, builder, end);
        return Optional.of(new Prepared(
                options.packTokens() ? withVectorizedNorms(prepared) : prepared, shortened, tokens.isPresent()));
    }

    private static GraphBuilder copied(List<NodeProto> nodes, long opset) {
        GraphBuilder copy = new GraphBuilder(opset);
        nodes.forEach(copy::add);
        return copy;
    }

    /** Adds the end of the graph; returns its output. */
    private static ValueInfoProto end(
            GraphProto shipped,
            End end,
            GraphBuilder graph,
            Optional<TokenRows> tokens,
            ValueInfoProto declared,
            boolean shortened) {
        if (end instanceof End.Head head) {
            return vectors(graph, tokens, declared, head.head(), shortened);
        }
        ValueInfoProto tokenVectors = tokenVectors(graph, tokens, declared, shortened);
        if (end instanceof End.Tokens) {
            return tokenVectors;
        }
        OnnxGraph.between(declared.getName(), VECTORS, shipped).forEach(graph::add);
        return declared(shipped, VECTORS).orElseThrow();
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
        graph.add(Nodes.node("Identity", List.of(vectors), VECTORS));
        return GraphBuilder.vectors(VECTORS, head.dimension(width(declared)));
    }

    private static ValueInfoProto tokenVectors(
            GraphBuilder graph, Optional<TokenRows> tokens, ValueInfoProto declared, boolean shortened) {
        if (shortened) {
            return withOneRow(declared);
        }
        String spread = tokens.orElseThrow().spread(PackedTokens.OUTPUT_ROWS);
        graph.add(Nodes.node("Identity", List.of(spread), declared.getName()));
        return declared;
    }

    /** Components of a token's vector; 0 when the graph does not say. */
    private static int width(ValueInfoProto output) {
        TensorShapeProto shape = output.getType().getTensorType().getShape();
        return shape.getDimCount() == 0
                ? 0
                : Math.toIntExact(shape.getDim(shape.getDimCount() - 1).getDimValue());
    }

    private static ModelProto withVectorizedNorms(ModelProto model) {
        ReductionNodes reductions = new ReductionNodes(opset(model));
        GraphProto graph = VectorizedLayerNorm.apply(model.getGraph(), reductions);
        return model.toBuilder()
                .setGraph(graph.toBuilder().addAllInitializer(reductions.constants()))
                .build();
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
        ModelProto.Builder changed = model.toBuilder().setGraph(graph);
        OperatorSetIdProto ofRuntime = GraphBuilder.operatorsOfRuntime();
        boolean imported = model.getOpsetImportList().stream()
                .anyMatch(operators -> operators.getDomain().equals(ofRuntime.getDomain()));
        return imported ? changed.build() : changed.addOpsetImport(ofRuntime).build();
    }

    private static ValueInfoProto withOneRow(ValueInfoProto declared) {
        ValueInfoProto.Builder output = declared.toBuilder();
        if (output.getType().getTensorType().getShape().getDimCount() > Nodes.SEQUENCE_AXIS) {
            output.getTypeBuilder()
                    .getTensorTypeBuilder()
                    .getShapeBuilder()
                    .getDimBuilder(Nodes.SEQUENCE_AXIS)
                    .setDimValue(1);
        }
        return output.build();
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
