package dev.embedding.serving.model;

import dev.embedding.infer.GraphSource;
import dev.embedding.model.GraphOrigin;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.OutputStage;
import dev.embedding.model.Quantization;
import dev.embedding.vector.VectorHead;
import java.util.Optional;

/** The graph that the engine opens, and what it is to end in, by a model's description. */
public final class GraphSources {

    private GraphSources() {}

    /** What is made from token vectors; empty where the graph pools. */
    public static Optional<VectorHead> head(ModelDescription model) {
        return model.graphEnd() == OutputStage.TOKENS
                ? Optional.of(new VectorHead(model.poolings(), !model.poolsPrompt(), PostPoolingSteps.of(model)))
                : Optional.empty();
    }

    /** The graph with the weights that run: once they are made, the quantized ones. */
    static GraphSource served(ModelDescription model, Optional<VectorHead> head) {
        return model.quantization()
                .flatMap(Quantization::made)
                .<GraphSource>map(
                        made -> new GraphSource.Quantized(made.file(), model.graph() instanceof GraphOrigin.Built))
                .orElseGet(() -> shipped(model, head));
    }

    /** The graph with the model's own weights. */
    public static GraphSource shipped(ModelDescription model, Optional<VectorHead> head) {
        return model.graph() instanceof GraphOrigin.Built built
                ? new GraphSource.Weights(built.config(), model.weightFiles(), head.orElseThrow())
                : new GraphSource.OnnxFile(model.weights());
    }
}
