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
import dev.embedding.vector.VectorSteps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the weights of the modules that follow the pooling. */
final class PostPoolingSteps {

    private PostPoolingSteps() {}

    /**
     * The modules in order, without a Normalize at the end.
     *
     * @throws ModelUnavailableException when their weights cannot be read
     */
    static VectorSteps of(ModelDescription model) {
        List<VectorStep> steps = new ArrayList<>();
        try {
            for (PostPoolingModule module : model.modules()) {
                if (module instanceof DenseLayer layer) {
                    steps.add(dense(layer));
                } else if (module instanceof LayerNorm norm) {
                    steps.add(layerNorm(norm));
                } else {
                    steps.add(new Normalization());
                }
            }
            return new VectorSteps(steps);
        } catch (IOException failure) {
            throw new ModelUnavailableException("Model " + model.name() + ": " + failure.getMessage(), failure);
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
}
