package dev.embedding.serving;

import dev.embedding.infer.TokenVectors;
import dev.embedding.model.DenseLayer;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.Safetensors;
import dev.embedding.pool.Dense;
import dev.embedding.pool.Pooling;
import java.io.IOException;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/** What makes one vector of a text's token vectors: the poolings, put together, and the Dense modules behind them. */
final class VectorHead {

    private final List<Pooling> poolings;
    private final List<Dense> layers;
    private final int dimension;

    private VectorHead(List<Pooling> poolings, List<Dense> layers, int dimension) {
        this.poolings = poolings;
        this.layers = layers;
        this.dimension = dimension;
    }

    /**
     * Reads the modules' weights.
     *
     * @param hidden components of a token vector
     * @throws ModelUnavailableException when they do not fit each other
     */
    static VectorHead of(ModelDescription model, int hidden) {
        List<Pooling> poolings = model.poolings().stream()
                .map(mode -> Pooling.valueOf(mode.name()))
                .toList();
        int dimension = poolings.size() * hidden;
        for (DenseLayer layer : model.dense()) {
            if (layer.inFeatures() != dimension) {
                throw new ModelUnavailableException("Model " + model.name() + ": a Dense module takes "
                        + layer.inFeatures() + " components, but gets " + dimension);
            }
            dimension = layer.outFeatures();
        }
        try {
            Stream.Builder<Dense> layers = Stream.builder();
            for (DenseLayer layer : model.dense()) {
                layers.add(dense(layer));
            }
            return new VectorHead(poolings, layers.build().toList(), dimension);
        } catch (IOException failure) {
            throw new ModelUnavailableException("Model " + model.name() + ": " + failure.getMessage(), failure);
        }
    }

    private static Dense dense(DenseLayer layer) throws IOException {
        Safetensors file = Safetensors.open(layer.weights());
        float[] bias = layer.bias() ? file.floats("linear.bias", layer.outFeatures()) : new float[layer.outFeatures()];
        return new Dense(
                file.floats("linear.weight", layer.outFeatures(), layer.inFeatures()),
                bias,
                activation(layer.activation()));
    }

    private static DoubleUnaryOperator activation(DenseLayer.Activation activation) {
        return switch (activation) {
            case IDENTITY -> DoubleUnaryOperator.identity();
            case TANH -> Math::tanh;
            case RELU -> Dense.RELU;
            case SIGMOID -> Dense.SIGMOID;
        };
    }

    int dimension() {
        return dimension;
    }

    float[] vector(TokenVectors vectors, int row, EncodedText text) {
        float[] vector = pooled(vectors, row, text);
        for (Dense layer : layers) {
            vector = layer.apply(vector);
        }
        return vector;
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
