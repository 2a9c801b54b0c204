package dev.embedding.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolingTest {

    /** Two rows of three tokens of two components; the second row has one token of padding. */
    private static final FloatBuffer HIDDEN = FloatBuffer.wrap(new float[] {
        1, 2, 3, 4, 5, 6,
        7, 8, 9, 10, 999, 999
    });

    private static final int SECOND_ROW = 6;

    @Test
    void clsTakesTheFirstToken() {
        assertThat(Pooling.CLS.pool(HIDDEN, 0, 0, 3, 2)).containsExactly(1, 2);
        assertThat(Pooling.CLS.pool(HIDDEN, SECOND_ROW, 0, 2, 2)).containsExactly(7, 8);
    }

    @Test
    void meanTakesAllTokensButPadding() {
        assertThat(Pooling.MEAN.pool(HIDDEN, 0, 0, 3, 2)).containsExactly(3, 4);
        assertThat(Pooling.MEAN.pool(HIDDEN, SECOND_ROW, 0, 2, 2)).containsExactly(8, 9);
    }

    @Test
    void acceptsTheLargestOfEachComponent() {
        FloatBuffer hidden = FloatBuffer.wrap(new float[] {1, -9, 5, -2, 3, -4, 100, 100});

        assertThat(Pooling.MAX.pool(hidden, 0, 0, 3, 2)).containsExactly(5, -2);
    }

    @Test
    void dividesTheSumByTheRootOfTheCount() {
        FloatBuffer hidden = FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 100, 100});

        assertThat(Pooling.MEAN_SQRT_LEN.pool(hidden, 0, 0, 4, 2)).containsExactly(8, 10);
    }

    @Test
    void weighsLaterTokensMore() {
        FloatBuffer hidden = FloatBuffer.wrap(new float[] {6, 0, 0, 6, 12, 12, 100, 100});

        assertThat(Pooling.WEIGHTED_MEAN.pool(hidden, 0, 0, 3, 2)).containsExactly(7, 8);
    }

    @Test
    void acceptsTheLastTokenThatIsNotPadding() {
        assertThat(Pooling.LAST_TOKEN.pool(HIDDEN, 0, 0, 3, 2)).containsExactly(5, 6);
        assertThat(Pooling.LAST_TOKEN.pool(HIDDEN, SECOND_ROW, 0, 2, 2)).containsExactly(9, 10);
    }

    @Test
    void ofOneTokenAllPoolingsAreTheSame() {
        assertThat(Pooling.MEAN.pool(HIDDEN, 2, 0, 1, 2)).isEqualTo(Pooling.CLS.pool(HIDDEN, 2, 0, 1, 2));
    }

    @Test
    void leavesTheBufferUnchanged() {
        FloatBuffer hidden = HIDDEN.duplicate();

        Pooling.MEAN.pool(hidden, 0, 0, 3, 2);
        Pooling.CLS.pool(hidden, SECOND_ROW, 0, 2, 2);

        assertThat(hidden.position()).isZero();
        assertThat(hidden.limit()).isEqualTo(12);
    }

    @Test
    void sumsManyTokensWithoutLosingPrecision() {
        float[] tokens = new float[100_001];
        Arrays.fill(tokens, 0.1f);
        tokens[0] = 1e6f;

        float[] mean = Pooling.MEAN.pool(FloatBuffer.wrap(tokens), 0, 0, tokens.length, 1);

        assertThat(mean[0]).isCloseTo((float) ((1e6 + 100_000 * (double) 0.1f) / tokens.length), within(1e-6f));
    }

    @Test
    void meanLiesBetweenTheExtremes() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int tokens = 1 + random.nextInt(20);
            float[] values = new float[tokens];
            float least = Float.MAX_VALUE;
            float most = -Float.MAX_VALUE;
            for (int token = 0; token < tokens; token++) {
                values[token] = (float) random.nextGaussian();
                least = Math.min(least, values[token]);
                most = Math.max(most, values[token]);
            }

            float[] mean = Pooling.MEAN.pool(FloatBuffer.wrap(values), 0, 0, tokens, 1);

            assertThat(mean[0]).as("seed %d", seed).isBetween(least, most);
        }
    }

    @Test
    void leavesOutTheFirstTokens() {
        FloatBuffer hidden = FloatBuffer.wrap(new float[] {9, 9, 1, -2, 3, 8, 5, 0});

        assertThat(Pooling.CLS.pool(hidden, 0, 1, 4, 2)).containsExactly(1, -2);
        assertThat(Pooling.MAX.pool(hidden, 0, 1, 4, 2)).containsExactly(5, 8);
        assertThat(Pooling.MEAN.pool(hidden, 0, 1, 4, 2)).containsExactly(3, 2);
        assertThat(Pooling.MEAN_SQRT_LEN.pool(hidden, 0, 3, 4, 2)).containsExactly(5, 0);
        // The weights 3 and 4 of the places in the whole row.
        assertThat(Pooling.WEIGHTED_MEAN.pool(hidden, 0, 2, 4, 2)).containsExactly(29f / 7, 24f / 7);
        assertThat(Pooling.LAST_TOKEN.pool(hidden, 0, 3, 4, 2)).containsExactly(5, 0);
    }

    @Test
    void matchesSentenceTransformersWhenNoTokenIsLeft() {
        FloatBuffer hidden = FloatBuffer.wrap(new float[] {9, 8});

        assertThat(Pooling.CLS.pool(hidden, 0, 3, 1, 2)).containsExactly(9, 8);
        assertThat(Pooling.MEAN.pool(hidden, 0, 1, 1, 2)).containsExactly(0, 0);
        assertThat(Pooling.MEAN_SQRT_LEN.pool(hidden, 0, 2, 1, 2)).containsExactly(0, 0);
        assertThat(Pooling.WEIGHTED_MEAN.pool(hidden, 0, 1, 1, 2)).containsExactly(0, 0);
        assertThat(Pooling.LAST_TOKEN.pool(hidden, 0, 1, 1, 2)).containsExactly(0, 0);
        assertThat(Pooling.MAX.pool(hidden, 0, 1, 1, 2)).containsOnly(Float.NEGATIVE_INFINITY);
    }
}
