package dev.embedding.batch.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DrainRateTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void startsFromTheBuiltInValue() {
        DrainRate rate = new DrainRate(4, 500);

        assertThat(rate.tokensPerSecondOfOneLane()).isEqualTo(500);
        assertThat(rate.tokensPerSecond()).isEqualTo(2_000);
    }

    @Test
    void convergesToTheMeasuredRate() {
        DrainRate rate = new DrainRate(2, 500);

        for (int batch = 0; batch < 300; batch++) {
            rate.measured(3_000, SECOND);
        }

        assertThat(rate.tokensPerSecondOfOneLane()).isCloseTo(3_000, within(1.0));
        assertThat(rate.tokensPerSecond()).isCloseTo(6_000, within(2.0));
    }

    @Test
    void isRobustAgainstASingleOutlier() {
        DrainRate rate = new DrainRate(1, 1_000);
        for (int batch = 0; batch < 100; batch++) {
            rate.measured(100, SECOND / 10);
        }

        rate.measured(1, SECOND / 2);

        assertThat(rate.tokensPerSecond()).isBetween(900.0, 1_000.0);
    }

    @Test
    void adaptsQuicklyWhereTheMachineIsMuchSlower() {
        DrainRate rate = new DrainRate(1, 2_000);

        for (int batch = 0; batch < 5; batch++) {
            rate.measured(100, SECOND);
        }

        assertThat(rate.tokensPerSecond()).isLessThan(500);
    }

    @Test
    void weighsABatchByItsTime() {
        DrainRate rate = new DrainRate(1, 1_000);

        rate.measured(1_000, SECOND);
        rate.measured(1, SECOND / 1_000);

        assertThat(rate.tokensPerSecond()).isCloseTo(1_000, within(1.0));
    }

    @Test
    void staysFiniteWhenABatchTookNoTime() {
        DrainRate rate = new DrainRate(1, 1_000);

        rate.measured(10, 0);

        assertThat(rate.tokensPerSecond()).isFinite().isPositive();
    }
}
