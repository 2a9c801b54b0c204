package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchLimitsTest {

    private static final BatchCost COST = new BatchCost(0, false, 1);

    @ParameterizedTest
    @CsvSource({"maxRows, 0, 1, 1, 1", "tokenBudget, 1, 0, 1, 1", "window, 1, 1, 0, 1", "maxQueuedTokens, 1, 1, 1, 0"})
    void rejectsLimitsBelowOneByName(String name, int maxRows, int tokenBudget, int window, long maxQueuedTokens) {
        assertThatThrownBy(() -> new BatchLimits(
                        maxRows,
                        tokenBudget,
                        0.1,
                        Duration.ofSeconds(1),
                        COST,
                        window,
                        Integer.MAX_VALUE,
                        maxQueuedTokens,
                        Limits.PATIENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(name + " must be at least 1, not 0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 1, Double.NaN, Double.POSITIVE_INFINITY})
    void rejectsAPaddingShareOutsideZeroToOne(double maxPadding) {
        assertThatThrownBy(() -> new BatchLimits(
                        1, 1, maxPadding, Duration.ofSeconds(1), COST, 1, Integer.MAX_VALUE, 1, Limits.PATIENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("maxPadding must be in [0, 1)");
    }

    @Test
    void changesOneLimitAndKeepsTheOthers() {
        BatchLimits limits = Limits.WIDE.withMaxRows(7).withTokenBudget(9);

        assertThat(limits.maxRows()).isEqualTo(7);
        assertThat(limits.tokenBudget()).isEqualTo(9);
        assertThat(limits.window()).isEqualTo(Limits.WIDE.window());
        assertThat(limits.maxQueuedTokens()).isEqualTo(Limits.WIDE.maxQueuedTokens());
    }
}
