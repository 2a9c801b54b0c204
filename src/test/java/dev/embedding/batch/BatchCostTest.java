package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.embedding.batch.BatchCost.Shape;
import org.junit.jupiter.api.Test;

class BatchCostTest {

    private static final Shape TEN_AND_FIVE = Shape.of(10).with(5);

    @Test
    void paysPaddingInFullWhereRowsAreNotPacked() {
        BatchCost cost = new BatchCost(8, false, 100);

        assertThat(cost.computedTokens(TEN_AND_FIVE)).isEqualTo(20);
        assertThat(cost.total(TEN_AND_FIVE)).isEqualTo(8 + 20 + 2 * 100 / 100.0);
        assertThat(cost.padding(TEN_AND_FIVE)).isCloseTo(1 - (15 + 1.25) / 22, within(1e-12));
    }

    @Test
    void paysPaddingInAttentionOnlyWhereRowsArePacked() {
        BatchCost cost = new BatchCost(8, true, 100);

        assertThat(cost.computedTokens(TEN_AND_FIVE)).isEqualTo(15);
        assertThat(cost.total(TEN_AND_FIVE)).isEqualTo(8 + 15 + 2 * 100 / 100.0);
        assertThat(cost.padding(TEN_AND_FIVE)).isCloseTo(1 - (15 + 1.25) / 17, within(1e-12));
    }

    @Test
    void findsNoPaddingInRowsOfEqualLength() {
        Shape alike = Shape.of(7).with(7).with(7);

        assertThat(new BatchCost(8, false, 1_400).padding(alike)).isZero();
        assertThat(new BatchCost(8, true, 1_400).padding(alike)).isZero();
    }

    @Test
    void findsNoPaddingInRowsWithoutTokens() {
        assertThat(new BatchCost(8, true, 1_400).padding(Shape.of(0).with(0))).isZero();
    }

    @Test
    void rejectsInvalidParameters() {
        assertThatThrownBy(() -> new BatchCost(-1, false, 1)).hasMessageContaining("overheadTokens");
        assertThatThrownBy(() -> new BatchCost(0, false, 0)).hasMessageContaining("attentionSpan");
    }
}
