package dev.embedding.infer.architecture;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.infer.onnx.GraphBuilder;
import dev.embedding.infer.onnx.HeadNodes;
import dev.embedding.infer.onnx.Selection;
import dev.embedding.model.file.ModelWeights;
import dev.embedding.vector.VectorHead;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A graph that was put together, and the weights that it reads.
 *
 * @param model the graph, whose output {@link HeadNodes#OUTPUT} has a vector for each text, {@code [batch, dimension]}
 * @param weights tensors that have to be given to the session under their names
 * @param widened names of those that the engine converts to 32-bit floats when it opens the graph
 * @param copiedBytes bytes of the weights that the engine copies when it opens the graph, at their peak
 */
public record BuiltGraph(ModelProto model, List<ModelWeights.Tensor> weights, Set<String> widened, long copiedBytes) {

    private static final long OPSET = 17;

    public BuiltGraph {
        weights = List.copyOf(weights);
        widened = Set.copyOf(widened);
    }

    /**
     * Builds the graph of a model.
     *
     * @param config content of {@code config.json}
     * @throws UnsupportedArchitectureException when the family or a field is not known, or the weights do not fit
     */
    public static BuiltGraph of(JsonNode config, ModelWeights weights, VectorHead head) {
        Family family = Architectures.read(config);
        GraphBuilder graph = new GraphBuilder(OPSET);
        Tokens tokens = new Tokens(graph);
        GraphWeights used = new GraphWeights(graph, weights, family.prefixes(), family.firstWeight());
        HeadNodes end = new HeadNodes(graph, tokens, head);
        @Nullable Selection selection = end.selection();
        String rows = family.rows(new Blocks(graph, used, tokens, selection));
        used.requireAllRead(family.unusedWeights());
        String vectors = selection == null ? end.ofAll(rows) : HeadNodes.ofPooled(graph, head, rows);
        return new BuiltGraph(
                graph.model(vectors, HeadNodes.OUTPUT, head.dimension(family.width())),
                used.used(),
                used.widened(),
                used.copiedBytes());
    }
}
