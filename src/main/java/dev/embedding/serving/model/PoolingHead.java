package dev.embedding.serving.model;

import dev.embedding.infer.TokenVectors;
import dev.embedding.model.DenseLayer;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.vector.Pooling;
import java.util.List;

/** Makes one vector of a text's token vectors: the poolings, concatenated, and the modules behind them. */
final class PoolingHead {

    private final List<Pooling> poolings;
    private final PostPoolingSteps steps;

    private PoolingHead(List<Pooling> poolings, PostPoolingSteps steps) {
        this.poolings = poolings;
        this.steps = steps;
    }

    /**
     * Reads the modules' weights.
     *
     * @param hidden components of a token vector
     * @throws ModelUnavailableException when they do not fit each other
     */
    static PoolingHead of(ModelDescription model, int hidden) {
        List<Pooling> poolings = model.poolings().stream()
                .map(mode -> Pooling.valueOf(mode.name()))
                .toList();
        return new PoolingHead(poolings, PostPoolingSteps.of(model, poolings.size() * hidden));
    }

    /**
     * For a graph that pools. It was exported from all modules, a Dense among them included, when its vectors are as long
     * as the last Dense module's; otherwise they must be what the first Dense module takes. Where both fit, the graph's
     * nodes tell. A Normalize module at the end does not matter: a vector of length 1 stays as it is.
     *
     * @param dimension components of the graph's vectors
     * @throws ModelUnavailableException when the modules do not fit the graph
     */
    static PoolingHead behindPooled(ModelDescription model, int dimension) {
        if (!model.poolsPrompt() && model.prompts().hasAny()) {
            throw new ModelUnavailableException("Model " + model.name() + ": the pooling leaves out prompts, but "
                    + model.weights().getFileName() + " pools by itself; export it with the output last_hidden_state");
        }
        List<DenseLayer> layers = model.denseLayers();
        boolean included = layers.isEmpty()
                || layers.get(layers.size() - 1).outFeatures() == dimension && !model.leavesOutSquareDense();
        return new PoolingHead(
                List.of(Pooling.CLS),
                included ? PostPoolingSteps.none(dimension) : PostPoolingSteps.of(model, dimension));
    }

    int dimension() {
        return steps.dimension();
    }

    float[] vector(TokenVectors vectors, int row, EncodedText text) {
        return steps.apply(pooled(vectors, row, text));
    }

    private float[] pooled(TokenVectors vectors, int row, EncodedText text) {
        int hidden = vectors.dimension();
        float[] together = new float[poolings.size() * hidden];
        for (int index = 0; index < poolings.size(); index++) {
            float[] pooled = poolings.get(index)
                    .pool(vectors.values(), vectors.start(row), text.leftOut(), text.ids().length, hidden);
            System.arraycopy(pooled, 0, together, index * hidden, hidden);
        }
        return together;
    }
}
