package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

    private final MemoryBudget budget = new MemoryBudget();
    private long now = -5; // A monotonic clock may begin anywhere.

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private void fails(long tokens) {
        budget.outOfMemory(tokens, now);
    }

    @Test
    void isUnlimitedBeforeAFailure() {
        assertThat(budget.tokens(now)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void isHalfOfTheSmallestFailedBatch() {
        fails(800);
        fails(400);
        fails(600);

        assertThat(budget.tokens(now)).isEqualTo(200);
        fails(1);
        assertThat(budget.tokens(now)).isEqualTo(1);
    }

    @Test
    void growsStepByStepWhileNothingFails() {
        fails(800);
        pass(MemoryBudget.INITIAL_WAIT.minusNanos(1));
        assertThat(budget.tokens(now)).isEqualTo(400);

        pass(Duration.ofNanos(1));
        assertThat(budget.tokens(now)).isEqualTo(800);
        assertThat(budget.tokens(now)).isEqualTo(800);

        for (int minute = 0; minute < 32; minute++) {
            pass(MemoryBudget.INITIAL_WAIT);
            budget.tokens(now);
        }
        assertThat(budget.tokens(now)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void doublesTheWaitAfterEachFailedRetry() {
        fails(800);
        Duration wait = MemoryBudget.INITIAL_WAIT;
        for (int attempt = 0; attempt < 6; attempt++) {
            pass(wait);
            assertThat(budget.tokens(now)).isEqualTo(800);
            fails(800);
            assertThat(budget.tokens(now)).isEqualTo(400);
            wait = wait.compareTo(MemoryBudget.MAX_WAIT) < 0 ? wait.multipliedBy(2) : wait;
            assertThat(budget.tokens(now + wait.toNanos() - 1)).isEqualTo(400);
        }
    }
}
