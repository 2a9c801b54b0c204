package dev.embedding.serving.model;

import dev.embedding.infer.InferenceEngine;
import dev.embedding.infer.TokenVectors;
import dev.embedding.model.DenseLayer;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.tokenize.TokenizedText;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorSteps;
import java.util.List;
import java.util.Optional;

/** Head for a graph that ends in token vectors, or that pools but leaves out the modules that follow. */
final class DenseHead implements Head {

    private final VectorHead head;
    private final int dimension;

    private DenseHead(VectorHead head, int dimension) {
        this.head = head;
        this.dimension = dimension;
    }

    /**
     * A head for what the engine returns.
     *
     * @param wanted what is made from token vectors
     * @throws ModelUnavailableException when the modules do not match the engine's vectors
     */
    static DenseHead of(ModelDescription model, InferenceEngine engine, Optional<VectorHead> wanted) {
        VectorHead head =
                engine.pools() || wanted.isEmpty() ? forPooledOutput(model, engine.dimension()) : wanted.get();
        try {
            return new DenseHead(head, head.dimension(engine.dimension()));
        } catch (IllegalArgumentException unfit) {
            throw new ModelUnavailableException("Model " + model.name() + ": " + unfit.getMessage(), unfit);
        }
    }

    /**
     * Head for a graph that pools itself. When its output has the dimension of the last Dense module, the graph was
     * exported with all modules; otherwise its output must match the input of the first Dense module. Where both match,
     * the nodes of the graph decide. A final Normalize module does not matter: it leaves a vector of length 1
     * unchanged.
     *
     * @param dimension dimension of the graph's output
     */
    private static VectorHead forPooledOutput(ModelDescription model, int dimension) {
        if (!model.poolsPrompt() && model.prompts().hasAny()) {
            throw new ModelUnavailableException("Model " + model.name() + ": the pooling leaves out prompts, but "
                    + model.weights().getFileName() + " pools by itself; export it with the output last_hidden_state");
        }
        List<DenseLayer> layers = model.denseLayers();
        boolean included = layers.isEmpty()
                || layers.get(layers.size() - 1).outFeatures() == dimension && !model.leavesOutSquareDense();
        return new VectorHead(List.of(Pooling.CLS), false, included ? VectorSteps.NONE : PostPoolingSteps.of(model));
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public Output output(TokenVectors vectors, int row, TokenizedText text) {
        int tokens = text.ids().length;
        float[] vector =
                head.apply(vectors.values(), vectors.start(row), text.skippedTokens(), tokens, vectors.dimension());
        return new Output.Dense(vector, tokens, text.truncated());
    }
}
