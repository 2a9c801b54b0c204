package dev.embedding.infer.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.embedding.infer.GraphSource;
import dev.embedding.infer.InferenceSession;
import dev.embedding.infer.architecture.BuiltGraph;
import dev.embedding.infer.architecture.UnsupportedArchitectureException;
import dev.embedding.infer.graph.GraphPreparation;
import dev.embedding.infer.graph.VectorizedLayerNorm;
import dev.embedding.infer.onnx.Nodes;
import dev.embedding.infer.onnx.Tensors;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.file.MappedFiles;
import dev.embedding.model.file.ModelWeights;
import dev.embedding.model.file.ModelWeights.Tensor;
import dev.embedding.model.file.OnnxModel;
import dev.embedding.vector.VectorHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph in floats that is to be quantized: built, or exported and rewritten. Its weights stay in their files, which
 * are mapped until it is closed.
 *
 * @param weights those that the model names with their places in the files
 * @param widened names of those that are converted to 32-bit floats when a session is opened
 * @param gemms whether its general matrix products (Gemm) are those of the layers; in most exports they are behind the
 *     pooling
 */
record SourceGraph(ModelProto model, List<Tensor> weights, Set<String> widened, MappedFiles files, boolean gemms)
        implements AutoCloseable {

    /** First operator set with DynamicQuantizeLinear and with axes counted from the end. */
    private static final long SMALLEST_OPSET = 11;

    /**
     * Opens a model's graph.
     *
     * @param head what is made from the token vectors; empty where they are read themselves, or the graph pools
     * @throws InferenceException when it cannot be built, or its operators are too old
     */
    static SourceGraph open(GraphSource source, Optional<VectorHead> head) throws IOException {
        return source instanceof GraphSource.Weights weights
                ? built(weights)
                : exported(((GraphSource.OnnxFile) source).path(), head);
    }

    private static SourceGraph built(GraphSource.Weights source) throws IOException {
        ModelWeights weights = ModelWeights.open(source.files());
        try {
            BuiltGraph built = BuiltGraph.of(source.config(), weights, source.head());
            return new SourceGraph(built.model(), built.weights(), built.widened(), weights.files(), true);
        } catch (UnsupportedArchitectureException failure) {
            weights.close();
            throw new InferenceException(String.valueOf(failure.getMessage()), failure);
        } catch (RuntimeException | Error failure) {
            weights.close();
            throw failure;
        }
    }

    private static SourceGraph exported(Path file, Optional<VectorHead> head) throws IOException {
        OnnxModel exported = OnnxModel.open(file);
        try {
            ModelProto model = VectorizedLayerNorm.apply(rewritten(exported.graph(), head));
            return new SourceGraph(model, exported.weights(), Set.of(), exported.files(), false);
        } catch (RuntimeException | Error failure) {
            exported.close();
            throw failure;
        }
    }

    /** Padding need not be computed in attention only: the quantized graph gets one text at a time. */
    private static ModelProto rewritten(ModelProto exported, Optional<VectorHead> head) {
        long opset = GraphPreparation.opset(exported);
        if (opset < SMALLEST_OPSET) {
            throw new InferenceException(
                    "its operators are of version " + opset + ", and quantizing takes " + SMALLEST_OPSET + " or later",
                    null);
        }
        return GraphPreparation.prepare(
                        exported, new GraphPreparation.Wish(InferenceSession.KNOWN_OUTPUTS, head, false))
                .map(GraphPreparation.Prepared::model)
                .orElse(exported);
    }

    /** The products whose weights can be quantized, in the graph's order. */
    List<WeightedProduct> products() {
        Map<String, StoredMatrix> matrices = new HashMap<>();
        for (TensorProto tensor : model.getGraph().getInitializerList()) {
            if (Tensors.isFloat(tensor)
                    && tensor.getDimsCount() == 2
                    && !tensor.getName().startsWith(Nodes.PREFIX)) {
                matrices.put(tensor.getName(), StoredMatrix.of(tensor));
            }
        }
        for (Tensor weight : weights) {
            if (weight.shape().length == 2) {
                matrices.put(weight.name(), StoredMatrix.of(weight, files.bytes(weight)));
            }
        }
        List<WeightedProduct> products = WeightedProduct.all(model.getGraph(), matrices, gemms);
        return products.isEmpty() ? WeightedProduct.all(model.getGraph(), matrices, true) : products;
    }

    @Override
    public void close() {
        files.close();
    }
}
