package dev.embedding.vector;

import java.util.List;

/** Transformations of a text's vector after pooling, in order. */
public record VectorSteps(List<VectorStep> steps) {

    public static final VectorSteps NONE = new VectorSteps(List.of());

    public VectorSteps {
        steps = List.copyOf(steps);
    }

    /**
     * Dimension of the results.
     *
     * @throws IllegalArgumentException when a step takes another number of components than it gets
     */
    public int dimension(int pooled) {
        int dimension = pooled;
        for (VectorStep step : steps) {
            if (step instanceof Projection projection) {
                requireComponents("Dense", projection.inputs(), dimension);
                dimension = projection.outputs();
            } else if (step instanceof LayerNormalization norm) {
                requireComponents("LayerNorm", norm.gain().length, dimension);
            }
        }
        return dimension;
    }

    private static void requireComponents(String module, int expected, int actual) {
        if (expected != actual) {
            throw new IllegalArgumentException(
                    "a " + module + " module takes " + expected + " components, but gets " + actual);
        }
    }

    /** @param vector may be modified */
    public float[] apply(float[] vector) {
        float[] result = vector;
        for (VectorStep step : steps) {
            result = step.apply(result);
        }
        return result;
    }
}
