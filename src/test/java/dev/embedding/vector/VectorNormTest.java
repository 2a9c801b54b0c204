package dev.embedding.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorNormTest {

    @Test
    void scalesToLengthOne() {
        float[] vector = {3, -4};

        VectorNorm.normalize(vector);

        assertThat(vector).containsExactly(0.6f, -0.8f);
    }

    @Test
    void leavesAZeroVectorZero() {
        float[] vector = {0, 0, 0};

        VectorNorm.normalize(vector);

        assertThat(vector).containsExactly(0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(floats = {1e-30f, 1e-8f, 1, 1e8f, 1e30f})
    void keepsTheDirectionWhateverTheSize(float size) {
        float[] vector = {size, size, size, size};

        VectorNorm.normalize(vector);

        assertThat(vector).containsOnly(size < 1e-12f ? size * 1e12f : 0.5f);
    }

    @Test
    void measuresTheLength() {
        assertThat(VectorNorm.length(new float[] {3, 4})).isEqualTo(5);
        assertThat(VectorNorm.length(new float[0])).isZero();
        assertThat(VectorNorm.length(new float[] {Float.MAX_VALUE, Float.MAX_VALUE}))
                .isFinite();
    }

    @Test
    void normalizesAnyVector() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            float[] vector = new float[1 + random.nextInt(400)];
            for (int component = 0; component < vector.length; component++) {
                vector[component] = (float) random.nextGaussian();
            }

            VectorNorm.normalize(vector);

            assertThat(VectorNorm.length(vector)).as("seed %d", seed).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void reportsWhetherAllComponentsAreFinite() {
        assertThat(VectorNorm.isFinite(new float[] {0, Float.MAX_VALUE, -Float.MIN_VALUE}))
                .isTrue();
        assertThat(VectorNorm.isFinite(new float[] {0, Float.NaN})).isFalse();
        assertThat(VectorNorm.isFinite(new float[] {Float.POSITIVE_INFINITY, 0}))
                .isFalse();
        assertThat(VectorNorm.isFinite(new float[] {Float.NEGATIVE_INFINITY})).isFalse();
    }
}
