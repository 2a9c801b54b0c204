package dev.embedding.serving.model;

import dev.embedding.infer.InferenceEngine;
import dev.embedding.infer.TokenVectors;
import dev.embedding.model.DenseLayer;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.tokenize.TokenizedText;
import dev.embedding.vector.Pooling;
import java.util.List;

/** Head for one vector a text: the concatenated poolings of its token vectors, and the modules that follow them. */
final class DenseHead implements Head {

    private final List<Pooling> poolings;
    private final PostPoolingSteps steps;

    private DenseHead(List<Pooling> poolings, PostPoolingSteps steps) {
        this.poolings = poolings;
        this.steps = steps;
    }

    /**
     * Reads the modules' weights.
     *
     * @param engine source of the vectors
     * @throws ModelUnavailableException when the modules do not match the engine's vectors
     */
    static DenseHead of(ModelDescription model, InferenceEngine engine) {
        return engine.pools() ? forPooledOutput(model, engine.dimension()) : forTokenVectors(model, engine.dimension());
    }

    private static DenseHead forTokenVectors(ModelDescription model, int hidden) {
        List<Pooling> poolings = model.poolings();
        return new DenseHead(poolings, PostPoolingSteps.of(model, poolings.size() * hidden));
    }

    /**
     * Head for a graph that pools itself. When its output has the dimension of the last Dense module, the graph was
     * exported with all modules; otherwise its output must match the input of the first Dense module. Where both match,
     * the nodes of the graph decide. A final Normalize module does not matter: it leaves a vector of length 1
     * unchanged.
     *
     * @param dimension dimension of the graph's output
     */
    private static DenseHead forPooledOutput(ModelDescription model, int dimension) {
        if (!model.poolsPrompt() && model.prompts().hasAny()) {
            throw new ModelUnavailableException("Model " + model.name() + ": the pooling leaves out prompts, but "
                    + model.weights().getFileName() + " pools by itself; export it with the output last_hidden_state");
        }
        List<DenseLayer> layers = model.denseLayers();
        boolean included = layers.isEmpty()
                || layers.get(layers.size() - 1).outFeatures() == dimension && !model.leavesOutSquareDense();
        return new DenseHead(
                List.of(Pooling.CLS),
                included ? PostPoolingSteps.none(dimension) : PostPoolingSteps.of(model, dimension));
    }

    @Override
    public int dimension() {
        return steps.dimension();
    }

    @Override
    public Output output(TokenVectors vectors, int row, TokenizedText text) {
        float[] vector = steps.apply(pooled(vectors, row, text));
        return new Output.Dense(vector, text.ids().length, text.truncated());
    }

    private float[] pooled(TokenVectors vectors, int row, TokenizedText text) {
        int hidden = vectors.dimension();
        float[] concatenated = new float[poolings.size() * hidden];
        for (int index = 0; index < poolings.size(); index++) {
            float[] pooled = poolings.get(index)
                    .pool(vectors.values(), vectors.start(row), text.skippedTokens(), text.ids().length, hidden);
            System.arraycopy(pooled, 0, concatenated, index * hidden, hidden);
        }
        return concatenated;
    }
}
