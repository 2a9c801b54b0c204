package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.admission.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that rows with equal keys are computed once while they are in flight or cached. */
@Timeout(60)
class SharedRowsTest {

    private static final int LANE = 0;
    private static final int OTHER_LANE = 1;
    private static final int TOKENS = 10;
    private static final Duration LONG = Duration.ofDays(1);

    private final HandClock clock = new HandClock();
    private final Lanes lanes = new Lanes(2, clock);
    private final List<List<String>> batches = new ArrayList<>();
    private BatchFunction<String, String> function = (rows, run) -> values(rows);
    private final RememberedRows remembered = new RememberedRows(lanes);
    private final MicroBatcher<String, String> batcher = new MicroBatcher<>(
            lanes,
            (rows, run) -> {
                batches.add(rows);
                return function.compute(rows, run);
            },
            Limits.WIDE,
            1e6,
            (rows, tokens, padded, nanos) -> {},
            remembered,
            clock);

    @Test
    void computesEqualRowsOfSeveralCallersOnce() {
        Answer<String> first = interactive("a", "b");
        Answer<String> second = interactive("b", "c");

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of("a", "b", "c"));
        assertThat(first.values()).containsExactly("value a", "value b");
        assertThat(second.values()).containsExactly("value b", "value c");
        assertThat(first.result().sharedRows()).isZero();
        assertThat(second.result().sharedRows()).isOne();
    }

    @Test
    void computesEqualRowsOfOneCallerOnce() {
        Answer<String> answer = interactive("a", "b", "a", "a");

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of("a", "b"));
        assertThat(answer.values()).containsExactly("value a", "value b", "value a", "value a");
        assertThat(answer.result().sharedRows()).isEqualTo(2);
        assertThat(answer.events()).isOne();
    }

    @Test
    void countsASharedRowOnceInTheQueue() {
        interactive("a", "b");
        interactive("b", "a");

        assertThat(batcher.load().rows()).isEqualTo(2);
        assertThat(batcher.load().tokens()).isEqualTo(2L * TOKENS);
    }

    @Test
    void joinsARowThatIsBeingComputed() {
        List<Answer<String>> joined = new ArrayList<>();
        function = (rows, run) -> {
            clock.advance(Duration.ofMillis(3));
            joined.add(interactive("a"));
            clock.advance(Duration.ofMillis(4));
            return values(rows);
        };
        interactive("a");

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of("a"));
        assertThat(joined.get(0).values()).containsExactly("value a");
        assertThat(joined.get(0).result().queueNanos()).isZero();
        assertThat(joined.get(0).result().computeNanos()).isEqualTo(4_000_000);
    }

    @Test
    void servesCachedRowsWithoutComputing() {
        interactive("a");
        lanes.runOne(LANE);

        Answer<String> all = interactive("a", "a");
        Answer<String> some = interactive("b", "a");

        assertThat(all.values()).containsExactly("value a", "value a");
        assertThat(all.result().sharedRows()).isEqualTo(2);
        assertThat(all.result().queueNanos() + all.result().computeNanos()).isZero();
        assertThat(some.isOpen()).isTrue();
        lanes.runOne(LANE);
        assertThat(some.values()).containsExactly("value b", "value a");
        assertThat(batches).containsExactly(List.of("a"), List.of("b"));
        assertThat(batcher.load().rows()).isZero();
    }

    @Test
    void computesAnEvictedRowAgain() {
        interactive("a");
        lanes.runOne(LANE);
        remembered.values.clear();
        Answer<String> next = interactive("a");

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of("a"), List.of("a"));
        assertThat(next.result().sharedRows()).isZero();
    }

    @Test
    void cachesRowsOfACancelledSubmission() {
        Answer<String> cancelling = interactive("a");
        function = (rows, run) -> {
            cancelling.cancel();
            return values(rows);
        };
        lanes.runOne(LANE);

        assertThat(interactive("a").values()).containsExactly("value a");
    }

    @Test
    void doesNotCacheFailures() {
        function = (rows, run) -> List.of(new RowOutcome.Failed<>(new ArithmeticException("bad")));
        interactive("a");
        lanes.runOne(LANE);
        function = (rows, run) -> values(rows);
        Answer<String> next = interactive("a");

        lanes.runOne(LANE);

        assertThat(next.values()).containsExactly("value a");
    }

    @Test
    void doesNotShareRowsWithoutAKey() {
        Answer<String> first = submit(Priority.INTERACTIVE, LONG, List.of(new BatchRow<>("a", TOKENS)));
        Answer<String> second = submit(Priority.INTERACTIVE, LONG, List.of(new BatchRow<>("a", TOKENS)));
        interactive("a");

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of("a", "a", "a"));
        assertThat(remembered.values).hasSize(1);
        assertThat(first.values()).isEqualTo(second.values());
    }

    @Test
    void keepsARowUntilItsLastCallerCancels() {
        Answer<String> first = interactive("a");
        Answer<String> second = interactive("a");
        Answer<String> third = interactive("a");

        first.cancel();
        third.cancel();
        boolean queued = batcher.load().rows() == 1;
        lanes.runOne(LANE);

        assertThat(queued).isTrue();
        assertThat(second.values()).containsExactly("value a");
        assertThat(first.events() + third.events()).isZero();
    }

    @Test
    void removesARowWhenItsLastCallerCancels() {
        Answer<String> first = interactive("a");
        Answer<String> second = interactive("a");

        first.cancel();
        second.cancel();

        assertThat(batcher.load().rows()).isZero();
        assertThat(lanes.runOne(LANE)).isFalse();
    }

    @Test
    void doesNotShareARunningRowWhoseCallersHaveAllCancelled() {
        Answer<String> cancelling = interactive("a");
        List<Answer<String>> next = new ArrayList<>();
        function = (rows, run) -> {
            if (next.isEmpty()) {
                cancelling.cancel();
                next.add(interactive("a"));
            }
            return values(rows);
        };

        lanes.runOne(LANE);
        boolean openAfterTheFirst = next.get(0).isOpen();
        lanes.runOne(LANE);

        assertThat(openAfterTheFirst).isTrue();
        assertThat(next.get(0).values()).containsExactly("value a");
    }

    @Test
    void aRowHasTheLatestDeadlineOfItsCallers() {
        Answer<String> hasty = submit(Priority.INTERACTIVE, Duration.ofMillis(5), List.of(row("a")));
        Answer<String> patient = interactive("a");
        clock.advance(Duration.ofMillis(5));

        lanes.runOne(LANE);

        assertThat(hasty.failure()).isInstanceOf(DeadlineExceededException.class);
        assertThat(patient.values()).containsExactly("value a");
        assertThat(batches).containsExactly(List.of("a"));
    }

    @Test
    void dropsARowWhenTheDeadlinesOfAllItsCallersHaveExpired() {
        Answer<String> first = submit(Priority.INTERACTIVE, Duration.ofMillis(5), List.of(row("a")));
        Answer<String> second = submit(Priority.INTERACTIVE, Duration.ofMillis(6), List.of(row("a"), row("b")));
        clock.advance(Duration.ofMillis(6));

        lanes.runOne(LANE);

        assertThat(first.failure()).isInstanceOf(DeadlineExceededException.class);
        assertThat(second.failure()).isInstanceOf(DeadlineExceededException.class);
        assertThat(batches).isEmpty();
        assertThat(batcher.load().rows()).isZero();
    }

    @Test
    void aRowHasTheHighestClassOfItsCallers() {
        batcher.retune(Limits.WIDE.withMaxRows(1));
        Answer<String> ingest = submit(Priority.BATCH, LONG, List.of(row("a"), row("b"), row("c")));
        Answer<String> query = interactive("c");

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of("c"));
        assertThat(query.values()).containsExactly("value c");
        assertThat(ingest.isOpen()).isTrue();
        assertThat(batcher.backlog().tokens(Priority.BATCH)).isEqualTo(2L * TOKENS);
    }

    @Test
    void aRowKeepsItsPlaceWhenItsCallersAreOfOneClass() {
        batcher.retune(Limits.WIDE.withMaxRows(1));
        interactive("a");
        interactive("b");
        interactive("a");
        submit(Priority.BATCH, LONG, List.of(row("a")));

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of("a"));
    }

    @Test
    void wakesTheExpressLaneForARowThatBecameInteractive() throws InterruptedException {
        function = (rows, run) -> {
            if (run.lane() == LANE) {
                lanes.runOne(OTHER_LANE);
            } else if (run.lane() == OTHER_LANE) {
                interactive("c");
                assertThat(lanes.runOne(lanes.express())).isTrue();
            }
            return values(rows);
        };
        batcher.retune(Limits.WIDE.withMaxRows(1));
        Answer<String> ingest = submit(Priority.BATCH, LONG, List.of(row("a"), row("b"), row("c")));

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of("a"), List.of("b"), List.of("c"));
        assertThat(ingest.values()).containsExactly("value a", "value b", "value c");
    }

    @Test
    void failsEveryWaiterOfAFailedRowWithItsOwnIndex() {
        function = (rows, run) -> rows.stream()
                .<RowOutcome<String>>map(row -> row.equals("bad")
                        ? new RowOutcome.Failed<>(new ArithmeticException("bad"))
                        : new RowOutcome.Computed<>("value " + row))
                .toList();
        Answer<String> first = interactive("bad");
        Answer<String> second = interactive("a", "bad", "bad");
        Answer<String> other = interactive("a");

        lanes.runOne(LANE);

        assertThat(first.failure(RowFailedException.class).index()).isZero();
        assertThat(second.failure(RowFailedException.class).index()).isOne();
        assertThat(second.events()).isOne();
        assertThat(other.values()).containsExactly("value a");
    }

    @Test
    void aFailedSubmissionDoesNotRemoveSharedRows() {
        batcher.retune(Limits.WIDE.withMaxRows(1));
        function = (rows, run) ->
                rows.contains("bad") ? List.of(new RowOutcome.Failed<>(new ArithmeticException("bad"))) : values(rows);
        Answer<String> failing = interactive("bad", "a");
        Answer<String> other = interactive("a");

        while (lanes.runOne(LANE)) {
            assertThat(batches).hasSizeLessThan(3);
        }

        assertThat(failing.failure()).isInstanceOf(RowFailedException.class);
        assertThat(other.values()).containsExactly("value a");
    }

    @Test
    void handOverKeepsWaitersOfStartedRowsAndMovesTheOthers() {
        List<Answer<String>> joined = new ArrayList<>();
        Answer<String> started = interactive("a");
        function = (rows, run) -> {
            joined.add(interactive("a"));
            joined.add(interactive("b"));
            batcher.handOver();
            return values(rows);
        };

        lanes.runOne(LANE);

        assertThat(started.values()).containsExactly("value a");
        assertThat(joined.get(0).values()).containsExactly("value a");
        assertThat(joined.get(1).failure()).isInstanceOf(MovedException.class);
    }

    @Test
    void closingFailsEveryWaiterOfARow() throws InterruptedException {
        Answer<String> first = interactive("a");
        Answer<String> second = interactive("a");

        batcher.close(Duration.ZERO);

        assertThat(first.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(second.failure()).isInstanceOf(BatcherClosedException.class);
    }

    private Answer<String> interactive(String... rows) {
        return submit(
                Priority.INTERACTIVE,
                LONG,
                Arrays.stream(rows).map(SharedRowsTest::row).toList());
    }

    private Answer<String> submit(Priority priority, Duration time, List<BatchRow<String>> rows) {
        return Answer.to(batcher.admit(priority, 1).submit(rows, clock.in(time)));
    }

    private static BatchRow<String> row(String payload) {
        return new BatchRow<>(payload, TOKENS, payload);
    }

    private static List<RowOutcome<String>> values(List<String> rows) {
        return rows.stream()
                .<RowOutcome<String>>map(row -> new RowOutcome.Computed<>("value " + row))
                .toList();
    }
}
