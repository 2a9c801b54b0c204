package dev.embedding.serving.model;

import dev.embedding.model.DenseLayer;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.PostPoolingModule;
import dev.embedding.model.PostPoolingModule.LayerNorm;
import dev.embedding.model.file.Safetensors;
import dev.embedding.vector.LayerNormalization;
import dev.embedding.vector.Normalization;
import dev.embedding.vector.Projection;
import dev.embedding.vector.VectorStep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Modules that follow the pooling, with their weights, in order. */
final class PostPoolingSteps {

    private final List<VectorStep> steps;
    private final int dimension;

    private PostPoolingSteps(List<VectorStep> steps, int dimension) {
        this.steps = List.copyOf(steps);
        this.dimension = dimension;
    }

    /** No modules: leaves vectors unchanged. */
    static PostPoolingSteps none(int dimension) {
        return new PostPoolingSteps(List.of(), dimension);
    }

    /**
     * Reads the modules' weights.
     *
     * @param pooled dimension of a pooled vector
     * @throws ModelUnavailableException when their dimensions do not match, or they cannot be read
     */
    static PostPoolingSteps of(ModelDescription model, int pooled) {
        List<VectorStep> steps = new ArrayList<>();
        int dimension = pooled;
        try {
            for (PostPoolingModule module : model.modules()) {
                if (module instanceof DenseLayer layer) {
                    requireDimension(model, "Dense", layer.inFeatures(), dimension);
                    steps.add(dense(layer));
                    dimension = layer.outFeatures();
                } else if (module instanceof LayerNorm norm) {
                    requireDimension(model, "LayerNorm", norm.dimension(), dimension);
                    steps.add(layerNorm(norm));
                } else {
                    steps.add(new Normalization());
                }
            }
        } catch (IOException failure) {
            throw new ModelUnavailableException("Model " + model.name() + ": " + failure.getMessage(), failure);
        }
        return new PostPoolingSteps(steps, dimension);
    }

    private static void requireDimension(ModelDescription model, String module, int expected, int actual) {
        if (expected != actual) {
            throw new ModelUnavailableException("Model " + model.name() + ": a " + module + " module takes " + expected
                    + " components, but gets " + actual);
        }
    }

    private static VectorStep dense(DenseLayer layer) throws IOException {
        Safetensors file = Safetensors.open(layer.weights());
        float[] bias = layer.bias() ? file.floats("linear.bias", layer.outFeatures()) : new float[layer.outFeatures()];
        return new Projection(
                file.floats("linear.weight", layer.outFeatures(), layer.inFeatures()),
                bias,
                layer.activation(),
                residual(layer, file));
    }

    private static Projection.Residual residual(DenseLayer layer, Safetensors file) throws IOException {
        if (!layer.residual()) {
            return new Projection.NoResidual();
        }
        return layer.inFeatures() == layer.outFeatures()
                ? new Projection.InputResidual()
                : new Projection.ProjectedResidual(
                        file.floats("residual.weight", layer.outFeatures(), layer.inFeatures()));
    }

    private static VectorStep layerNorm(LayerNorm norm) throws IOException {
        Safetensors file = Safetensors.open(norm.weights());
        return new LayerNormalization(
                file.floats("norm.weight", norm.dimension()), file.floats("norm.bias", norm.dimension()));
    }

    /** What follows the pooling, without a Normalize at the end. */
    List<VectorStep> steps() {
        return steps;
    }

    /** Output dimension of the last module. */
    int dimension() {
        return dimension;
    }

    /** @param vector may be modified */
    float[] apply(float[] vector) {
        float[] result = vector;
        for (VectorStep step : steps) {
            result = step.apply(result);
        }
        return result;
    }
}
