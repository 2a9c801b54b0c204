package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.batch.admission.Priority;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Combinations of handing over, ending and closing: what is still admitted, submitted and computed after each. */
@Timeout(60)
class MicroBatcherLifecycleTest {

    private static final int LANE = 0;
    private static final int TOKENS = 10;
    private static final Duration DAY = Duration.ofDays(1);

    private final HandClock clock = new HandClock();
    private final Lanes lanes = new Lanes(1, clock);
    private final MicroBatcher<Integer, String> batcher = new MicroBatcher<>(
            lanes,
            (rows, run) -> rows.stream()
                    .<RowOutcome<String>>map(row -> new RowOutcome.Computed<>("row " + row))
                    .toList(),
            Limits.WIDE.withMaxRows(1),
            TOKENS,
            (rows, tokens, padded, nanos) -> {},
            RowCache.none(),
            clock);

    @Test
    void stillAdmitsAfterAbortingWhatIsTooLate() {
        batcher.abortBeyond(Duration.ofSeconds(2));

        Answer<String> inTime = submit(1, 2);
        Answer<String> tooLate = submit(3);

        assertThat(tooLate.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(inTime.isOpen()).isTrue();
    }

    @Test
    void takesNothingOnceTheTimeHasPassed() {
        batcher.abortBeyond(Duration.ofSeconds(2));
        clock.advance(Duration.ofSeconds(2));

        Answer<String> late = submit(1);

        assertThat(late.failure()).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void aLaterEndReplacesAnEarlierOne() {
        batcher.abortBeyond(Duration.ofSeconds(1));
        batcher.abortBeyond(Duration.ofSeconds(3));

        Answer<String> inTime = submit(1, 2, 3);
        Answer<String> tooLate = submit(4);

        assertThat(inTime.isOpen()).isTrue();
        assertThat(tooLate.failure()).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void abortingWhatIsBeingComputedLeavesItAdmitting() {
        Answer<String> pending = submit(1);
        batcher.abort();

        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 1);

        assertThat(pending.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(submit(admission, 2).failure()).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void closingKeepsTheEndForAdmittedRows() throws InterruptedException {
        MicroBatcher<Integer, String>.Admission small = batcher.admit(Priority.INTERACTIVE, 1);
        MicroBatcher<Integer, String>.Admission large = batcher.admit(Priority.INTERACTIVE, 1);
        batcher.abortBeyond(Duration.ofSeconds(2));
        Closing closing = startToClose();

        Answer<String> inTime = submit(small, 1, 2);
        Answer<String> tooLate = submit(large, 3);
        while (lanes.runOne(LANE)) {}
        closing.await();

        assertThat(inTime.values()).containsExactly("row 1", "row 2");
        assertThat(tooLate.failure()).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void closingEndsWhenTheLastAdmittedRowsAreTooLate() throws InterruptedException {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 1);
        batcher.abortBeyond(Duration.ofSeconds(2));
        Closing closing = startToClose();

        Answer<String> tooLate = submit(admission, 1, 2, 3);
        closing.await();

        assertThat(tooLate.failure()).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void anEndCanBeSetWhileClosing() throws InterruptedException {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 1);
        Answer<String> waiting = submit(1, 2);
        Answer<String> behind = submit(3, 4);
        Closing closing = startToClose();

        int aborted = batcher.abortBeyond(Duration.ofSeconds(2));
        Answer<String> late = submit(admission, 5);
        while (lanes.runOne(LANE)) {}
        closing.await();

        assertThat(aborted).isOne();
        assertThat(waiting.values()).containsExactly("row 1", "row 2");
        assertThat(behind.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(late.failure()).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void aStartedSubmissionOfAHandedOverBatcherCanStillBeAborted() {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 1);
        Answer<String> started = submit(1, 2, 3);
        Answer<String> waiting = submit(4);
        lanes.runOne(LANE);
        batcher.handOver();

        int kept = batcher.abortBeyond(Duration.ofSeconds(2));
        int aborted = batcher.abortBeyond(Duration.ofSeconds(1));
        Answer<String> late = submit(admission, 5);

        assertThat(kept).isZero();
        assertThat(aborted).isOne();
        assertThat(started.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(waiting.failure()).isInstanceOf(MovedException.class);
        assertThat(late.failure()).isInstanceOf(MovedException.class);
    }

    @Test
    void handingOverAClosedBatcherMovesAdmittedRows() throws InterruptedException {
        MicroBatcher<Integer, String>.Admission before = batcher.admit(Priority.INTERACTIVE, 1);
        MicroBatcher<Integer, String>.Admission after = batcher.admit(Priority.INTERACTIVE, 1);
        batcher.close(Duration.ZERO);

        Answer<String> closed = submit(before, 1);
        batcher.handOver();
        Answer<String> moved = submit(after, 2);

        assertThat(closed.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(moved.failure()).isInstanceOf(MovedException.class);
        assertThatThrownBy(() -> batcher.admit(Priority.BATCH, 1)).isInstanceOf(MovedException.class);
    }

    @Test
    void handingOverWhileClosingMovesWhatHasNotStarted() throws InterruptedException {
        Answer<String> started = submit(1, 2);
        Answer<String> waiting = submit(3);
        lanes.runOne(LANE);
        Closing closing = startToClose();

        batcher.handOver();
        lanes.runOne(LANE);
        closing.await();

        assertThat(started.values()).containsExactly("row 1", "row 2");
        assertThat(waiting.failure()).isInstanceOf(MovedException.class);
    }

    @Test
    void closingTwiceChangesNothing() throws InterruptedException {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 1);
        batcher.close(Duration.ZERO);
        admission.release();

        batcher.close(DAY);

        assertThatThrownBy(() -> batcher.admit(Priority.BATCH, 1)).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void endingAClosedBatcherAbortsNothing() throws InterruptedException {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 1);
        Answer<String> waiting = submit(1);
        batcher.close(Duration.ZERO);

        int aborted = batcher.abortBeyond(DAY);

        assertThat(aborted).isZero();
        assertThat(waiting.events()).isOne();
        assertThat(submit(admission, 2).failure()).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void isNotSaturatedOnceItAdmitsNothing() throws InterruptedException {
        batcher.retune(Limits.waitingFor(Duration.ofMillis(1), Duration.ofMillis(1)));
        batcher.admit(Priority.INTERACTIVE, 1);
        boolean before = batcher.saturation(Set.of(Priority.INTERACTIVE)).isPresent();

        batcher.close(Duration.ZERO);

        assertThat(before).isTrue();
        assertThat(batcher.saturation(Set.of(Priority.INTERACTIVE))).isEmpty();
        assertThatThrownBy(() -> batcher.admit(Priority.INTERACTIVE, 100)).isInstanceOf(BatcherClosedException.class);
    }

    private Closing startToClose() {
        Closing closing = Closing.start(batcher, DAY);
        assertThat(closing.isWaiting()).isTrue();
        return closing;
    }

    private Answer<String> submit(int... rows) {
        return submit(batcher.admit(Priority.INTERACTIVE, 1), rows);
    }

    private Answer<String> submit(MicroBatcher<Integer, String>.Admission admission, int... rows) {
        List<BatchRow<Integer>> content =
                Arrays.stream(rows).mapToObj(row -> new BatchRow<>(row, TOKENS)).toList();
        return Answer.to(admission.submit(content, clock.in(DAY)));
    }
}
