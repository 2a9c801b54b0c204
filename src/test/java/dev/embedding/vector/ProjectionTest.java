package dev.embedding.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProjectionTest {

    private static final Projection.Residual NOTHING = new Projection.NoResidual();
    private static final float[] WEIGHTS = {1, 2, 3, -1, 0, 1};
    private static final float[] BIAS = {0.5f, -10};

    @Test
    void multipliesAddsAndActivates() {
        Projection relu = new Projection(WEIGHTS, BIAS, Activation.RELU, NOTHING);

        assertThat(relu.apply(new float[] {1, 1, 1})).containsExactly(6.5f, 0);
        assertThat(relu.apply(new float[] {0, 0, 11})).containsExactly(33.5f, 1);
    }

    @Test
    void keepsNotANumber() {
        float[] vector = new Projection(WEIGHTS, BIAS, Activation.TANH, NOTHING).apply(new float[] {Float.NaN, 1, 1});

        assertThat(vector).containsOnly(Float.NaN);
    }

    @Test
    void squashesBySigmoid() {
        assertThat(new Projection(new float[] {1}, new float[] {0}, Activation.SIGMOID, NOTHING).apply(new float[] {0}))
                .containsExactly(0.5f);
    }
}
