package dev.embedding.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LayerNormalizationTest {

    @Test
    void scalesToMeanZeroAndVarianceOne() {
        LayerNormalization norm = new LayerNormalization(new float[] {1, 2, 0.5f}, new float[] {0, 1, 2});

        // Mean 7/3, variance 14/9.
        float scale = (float) (1 / Math.sqrt(14.0 / 9 + 1e-5));
        assertThat(norm.apply(new float[] {1, 2, 4}))
                .containsExactly(
                        new float[] {-4 / 3f * scale, 1 - 2 / 3f * scale, 2 + 2.5f / 3 * scale}, within(1e-6f));
    }

    @Test
    void leavesTheOffsetOfAVectorWithoutVariance() {
        LayerNormalization norm = new LayerNormalization(new float[] {1, 2}, new float[] {3, 4});

        assertThat(norm.apply(new float[] {0, 0})).containsExactly(3, 4);
    }
}
