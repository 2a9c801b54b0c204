package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.Lifecycle.Closing;
import dev.embedding.batch.Lifecycle.Drained;
import dev.embedding.batch.Lifecycle.HandedOver;
import dev.embedding.batch.Lifecycle.Open;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Transitions of {@link Lifecycle}. That an open batcher is drained cannot be written: only closed phases have a method
 * for it.
 */
class LifecycleTest {

    private static final OptionalLong NEVER = OptionalLong.empty();
    private static final OptionalLong SOON = OptionalLong.of(7);

    static Stream<Lifecycle> phases() {
        return Stream.of(
                new Open(NEVER),
                new Open(SOON),
                new Closing(NEVER),
                new Closing(SOON),
                new Drained(),
                new HandedOver());
    }

    @Test
    void takesEverythingAtFirst() {
        Lifecycle open = Lifecycle.open();

        assertThat(open.isOpen()).isTrue();
        assertThat(open.admissionRefusal()).isNull();
        assertThat(open.submissionRefusal()).isNull();
        assertThat(open.endNanos()).isEmpty();
    }

    @Test
    void staysOpenUntilItsEnd() {
        Lifecycle ending = new Open(NEVER).endAt(7);

        assertThat(ending).isEqualTo(new Open(SOON));
        assertThat(ending.admissionRefusal()).isNull();
    }

    @Test
    void theLatestEndCounts() {
        assertThat(new Open(SOON).endAt(9).endNanos()).hasValue(9);
        assertThat(new Closing(SOON).endAt(9)).isEqualTo(new Closing(OptionalLong.of(9)));
    }

    @Test
    void closingTakesOnlyWhatWasAdmitted() {
        Closing closing = new Open(NEVER).close();

        assertThat(closing.isOpen()).isFalse();
        assertThat(closing.admissionRefusal()).isInstanceOf(BatcherClosedException.class);
        assertThat(closing.submissionRefusal()).isNull();
    }

    @Test
    void closingKeepsTheEnd() {
        assertThat(new Open(SOON).close().endNanos()).isEqualTo(SOON);
    }

    @Test
    void takesNothingOnceDrained() {
        Drained drained = new Closing(SOON).drained();

        assertThat(drained.admissionRefusal()).isInstanceOf(BatcherClosedException.class);
        assertThat(drained.submissionRefusal()).isInstanceOf(BatcherClosedException.class);
        assertThat(drained.endNanos()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("phases")
    void handsOverInEveryPhase(Lifecycle phase) {
        Lifecycle handedOver = phase.handOver();

        assertThat(handedOver).isEqualTo(new HandedOver());
        assertThat(handedOver.isOpen()).isFalse();
        assertThat(handedOver.admissionRefusal()).isInstanceOf(MovedException.class);
        assertThat(handedOver.submissionRefusal()).isInstanceOf(MovedException.class);
    }

    @Test
    void nothingFollowsHandingOver() {
        HandedOver handedOver = new HandedOver();

        assertThat(handedOver.close()).isEqualTo(handedOver);
        assertThat(handedOver.drained()).isEqualTo(handedOver);
        assertThat(handedOver.endAt(7)).isEqualTo(handedOver);
    }

    @Test
    void nothingButHandingOverFollowsTheEndOfDraining() {
        Drained drained = new Drained();

        assertThat(drained.close()).isEqualTo(drained);
        assertThat(drained.drained()).isEqualTo(drained);
        assertThat(drained.endAt(7)).isEqualTo(drained);
    }

    @Test
    void closingAgainChangesNothing() {
        assertThat(new Closing(SOON).close()).isEqualTo(new Closing(SOON));
    }
}
