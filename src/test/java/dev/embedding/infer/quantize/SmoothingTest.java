package dev.embedding.infer.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SmoothingTest {

    @Test
    void hasTwoFactorsInAnOctave() {
        float[] factors = Smoothing.factors(new float[] {1, 1.6f, 2.2f, 100, 0.01f}, new float[] {1, 1, 1, 1, 1});

        assertThat(factors).containsExactly(1, 1.5f, 1.5f, 24, 0.046875f);
    }

    /** Maxima differ in their last bits between processors. */
    @Test
    void givesTheSameFactorsForNearlyTheSameMaxima() {
        float[] weights = {0.3f, 0.02f};

        assertThat(Smoothing.factors(new float[] {7, Math.nextUp(0.9f)}, weights))
                .containsExactly(Smoothing.factors(new float[] {Math.nextUp(7f), 0.9f}, weights));
    }

    @Test
    void hasAFactorForComponentsThatAreAlwaysZero() {
        float[] factors = Smoothing.factors(new float[] {0, 1}, new float[] {0, 0});

        assertThat(factors).doesNotContain(0, Float.NaN, Float.POSITIVE_INFINITY);
        assertThat(Smoothing.inverse(factors)).doesNotContain(0, Float.NaN, Float.POSITIVE_INFINITY);
    }
}
