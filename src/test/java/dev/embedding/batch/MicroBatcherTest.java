package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.admission.Priority;
import io.smallrye.mutiny.subscription.UniSubscriber;
import io.smallrye.mutiny.subscription.UniSubscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MicroBatcherTest {

    private static final int LANE = 0;
    private static final int OTHER_LANE = 1;
    private static final int TOKENS = 10;

    private final HandClock clock = new HandClock();
    private final Lanes lanes = new Lanes(2, clock);
    private final List<List<Integer>> batches = new ArrayList<>();
    private final List<BatchRun> runs = new ArrayList<>();
    private BatchFunction<Integer, String> function = (rows, run) -> names(rows);
    private final MicroBatcher<Integer, String> batcher = batcher(1e6);

    private MicroBatcher<Integer, String> batcher(double tokensPerSecond) {
        return new MicroBatcher<>(
                lanes,
                (rows, run) -> {
                    batches.add(rows);
                    runs.add(run);
                    return function.compute(rows, run);
                },
                Limits.WIDE,
                tokensPerSecond,
                (rows, tokens, padded, nanos) -> {},
                RowCache.none(),
                clock);
    }

    // Late binding and results

    @Test
    void computesNothingBeforeALaneIsFree() {
        Answer<String> answer = submit(1);

        assertThat(batches).isEmpty();
        assertThat(answer.isOpen()).isTrue();
    }

    @Test
    void computesRowsOfSeveralCallersTogether() {
        Answer<String> first = submit(1);
        Answer<String> second = submit(2, 3);

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(1, 2, 3));
        assertThat(first.values()).containsExactly("row 1");
        assertThat(second.values()).containsExactly("row 2", "row 3");
    }

    @Test
    void runsNothingWithoutRows() {
        assertThat(lanes.runOne(LANE)).isFalse();
    }

    @Test
    void returnsValuesInTheOrderOfTheRows() {
        Answer<String> answer = Answer.to(batcher.admit(Priority.INTERACTIVE, 30)
                .submit(
                        List.of(new BatchRow<>(1, 99), new BatchRow<>(2, 100), new BatchRow<>(3, 98)),
                        clock.in(Duration.ofDays(1))));

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(2, 1, 3));
        assertThat(answer.values()).containsExactly("row 1", "row 2", "row 3");
    }

    @Test
    void computesRowsWithoutTokens() {
        Answer<String> answer = Answer.to(batcher.admit(Priority.INTERACTIVE, 1)
                .submit(List.of(new BatchRow<>(1, 0), new BatchRow<>(2, 0)), clock.in(Duration.ofDays(1))));

        lanes.runOne(LANE);
        lanes.runOne(LANE);

        assertThat(answer.values()).containsExactly("row 1", "row 2");
    }

    @Test
    void completesOnceAllRowsOfASubmissionAreComputed() {
        batcher.retune(Limits.WIDE.withMaxRows(2));
        Answer<String> answer = submit(1, 2, 3);

        lanes.runOne(LANE);
        boolean openAfterTheFirstBatch = answer.isOpen();
        lanes.runOne(LANE);

        assertThat(openAfterTheFirstBatch).isTrue();
        assertThat(answer.values()).containsExactly("row 1", "row 2", "row 3");
        assertThat(answer.events()).isOne();
    }

    @Test
    void reportsQueueAndComputeTime() {
        function = (rows, run) -> {
            clock.advance(Duration.ofMillis(7));
            return names(rows);
        };
        Answer<String> answer = submit(1);
        clock.advance(Duration.ofMillis(5));

        lanes.runOne(LANE);

        assertThat(Duration.ofNanos(answer.result().queueNanos())).isEqualTo(Duration.ofMillis(5));
        assertThat(Duration.ofNanos(answer.result().computeNanos())).isEqualTo(Duration.ofMillis(7));
    }

    @Test
    void appliesNewLimitsToTheNextBatch() {
        submit(1, 2, 3);

        batcher.retune(Limits.WIDE.withMaxRows(2));
        lanes.runOne(LANE);

        assertThat(batcher.limits().maxRows()).isEqualTo(2);
        assertThat(batches).containsExactly(List.of(1, 2));
    }

    @Test
    void formsSmallerBatchesOnSlowLanes() {
        MicroBatcher<Integer, String> slow = batcher(400);
        slow.retune(Limits.runOfAtMost(Duration.ofMillis(100)).withTokenBudget(80));

        Answer.to(
                slow.admit(Priority.INTERACTIVE, 1).submit(rows(1, 2, 3, 4, 5, 6, 7, 8), clock.in(Duration.ofDays(1))));
        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(1, 2, 3, 4));
    }

    @Test
    void computesOnSlowLanesWhateverTheBudget() {
        MicroBatcher<Integer, String> slow = batcher(0.001);
        slow.retune(Limits.WIDE.withTokenBudget(1));
        Answer<String> answer =
                Answer.to(slow.admit(Priority.INTERACTIVE, 1).submit(rows(1), clock.in(Duration.ofDays(1))));

        lanes.runOne(LANE);

        assertThat(answer.values()).containsExactly("row 1");
    }

    @Test
    void measuresTheRateByItsClock() {
        MicroBatcher<Integer, String> slow = batcher(1);
        slow.retune(Limits.WIDE.withMaxRows(1));
        Answer.to(slow.admit(Priority.INTERACTIVE, 1).submit(rows(1, 2), clock.in(Duration.ofDays(1))));
        function = (rows, run) -> {
            clock.advance(Duration.ofSeconds(100));
            return names(rows);
        };

        lanes.runOne(LANE);

        assertThat(slow.load().tokensPerSecond()).isLessThan(2);
    }

    // Lone runs

    @Test
    void runsAloneWhenNothingElseRunsOrWaits() {
        submit(1);

        lanes.runOne(LANE);

        assertThat(runs).containsExactly(new BatchRun(LANE, true));
    }

    @Test
    void doesNotRunAloneWhileMoreRowsWait() {
        batcher.retune(Limits.WIDE.withMaxRows(1));
        submit(1, 2);

        lanes.runOne(LANE);
        lanes.runOne(LANE);

        assertThat(runs).extracting(BatchRun::alone).containsExactly(false, true);
    }

    @Test
    void doesNotRunAloneWhileAnotherLaneComputes() {
        batcher.retune(Limits.WIDE.withMaxRows(1));
        function = (rows, run) -> {
            if (run.lane() == LANE) {
                submit(2);
                lanes.runOne(OTHER_LANE);
            }
            return names(rows);
        };
        submit(1);

        lanes.runOne(LANE);

        assertThat(runs).containsExactly(new BatchRun(LANE, true), new BatchRun(OTHER_LANE, false));
    }

    @Test
    void doesNotRunAloneWhileAnotherBatcherHasRows() {
        MicroBatcher<Integer, String> other = batcher(1e6);
        Answer.to(other.admit(Priority.INTERACTIVE, 1).submit(rows(7), clock.in(Duration.ofDays(1))));
        submit(1);

        lanes.runOne(LANE);
        lanes.runOne(LANE);

        assertThat(runs).extracting(BatchRun::alone).containsExactly(false, true);
    }

    @Test
    void servesBatchersOfTheSameLanesRoundRobin() {
        MicroBatcher<Integer, String> other = batcher(1e6);
        other.retune(Limits.WIDE.withMaxRows(1));
        batcher.retune(Limits.WIDE.withMaxRows(1));
        submit(1, 2, 3);
        Answer.to(other.admit(Priority.INTERACTIVE, 1).submit(rows(11, 12, 13), clock.in(Duration.ofDays(1))));

        while (lanes.runOne(LANE)) {
            assertThat(batches).hasSizeLessThan(7);
        }

        assertThat(batches).containsExactly(List.of(1), List.of(11), List.of(2), List.of(12), List.of(3), List.of(13));
    }

    @Test
    void chargesABatcherForARunThatWasAbandoned() {
        MicroBatcher<Integer, String> other = batcher(1e6);
        other.retune(Limits.WIDE.withMaxRows(1));
        batcher.retune(Limits.WIDE.withMaxRows(1));
        function = (rows, run) -> {
            clock.advance(Duration.ofSeconds(1));
            if (rows.contains(1)) {
                clock.advance(Duration.ofSeconds(10));
                lanes.replaceStuckLane(LANE);
            }
            return names(rows);
        };
        submit(1);
        submit(2);
        Answer.to(other.admit(Priority.INTERACTIVE, 1).submit(rows(11, 12, 13), clock.in(Duration.ofDays(1))));

        while (lanes.runOne(LANE)) {
            assertThat(batches).hasSizeLessThan(6);
        }

        assertThat(batches).containsExactly(List.of(1), List.of(11), List.of(12), List.of(13), List.of(2));
    }

    // Cancellation and deadlines

    @Test
    void cancelledRowsLeaveTheQueueAtOnce() {
        Answer<String> cancelled = submit(1, 2);
        submit(3);

        cancelled.cancel();

        assertThat(batcher.load().rows()).isOne();
        assertThat(batcher.load().tokens()).isEqualTo(TOKENS);
    }

    @Test
    void neverComputesCancelledRows() {
        Answer<String> cancelled = submit(1, 2);
        submit(3);
        cancelled.cancel();

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(3));
        assertThat(cancelled.isOpen()).isTrue();
    }

    @Test
    void cancellingDuringABatchDoesNotAffectOtherCallers() {
        Answer<String> cancelling = submit(1);
        Answer<String> staying = submit(2);
        function = (rows, run) -> {
            cancelling.cancel();
            return names(rows);
        };

        lanes.runOne(LANE);

        assertThat(cancelling.isOpen()).isTrue();
        assertThat(staying.values()).containsExactly("row 2");
    }

    @Test
    void dropsTheWaitingRowsOfACallerThatCancelsDuringABatch() {
        batcher.retune(Limits.WIDE.withMaxRows(1));
        Answer<String> cancelling = submit(1, 2);
        function = (rows, run) -> {
            cancelling.cancel();
            return names(rows);
        };

        lanes.runOne(LANE);

        assertThat(batcher.load().rows()).isZero();
        assertThat(lanes.runOne(LANE)).isFalse();
    }

    @Test
    void handlesACancellationBeforeTheSubscription() {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 10);

        admission.submit(rows(1), clock.in(Duration.ofDays(1))).subscribe().withSubscriber(new CancelsAtOnce());

        assertThat(batcher.load().rows()).isZero();
        assertThat(lanes.runOne(LANE)).isFalse();
    }

    @Test
    void dropsRowsPastTheirDeadlineWhenTheBatchIsCut() {
        Answer<String> expired = submitFor(Duration.ofSeconds(1), 1, 2);
        Answer<String> patient = submitFor(Duration.ofSeconds(9), 3);
        clock.advance(Duration.ofSeconds(1));

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(3));
        assertThat(expired.failure()).isInstanceOf(DeadlineExceededException.class);
        assertThat(expired.events()).isOne();
        assertThat(patient.values()).containsExactly("row 3");
    }

    @Test
    void reportsWaitAndQueuedTokensOfAnExpiredSubmission() {
        Answer<String> expired = submitFor(Duration.ofSeconds(1), 1);
        batcher.retune(Limits.WIDE.withMaxRows(1));
        submitFor(Duration.ofDays(1), 2, 3);
        clock.advance(Duration.ofSeconds(3));

        lanes.runOne(LANE);

        DeadlineExceededException failure = expired.failure(DeadlineExceededException.class);
        assertThat(failure.waited()).isEqualTo(Duration.ofSeconds(3));
        assertThat(failure.queuedTokens()).isEqualTo(TOKENS);
    }

    @Test
    void computesARowJustBeforeItsDeadline() {
        Answer<String> answer = submitFor(Duration.ofSeconds(1), 1);
        clock.advance(Duration.ofSeconds(1).minusNanos(1));

        lanes.runOne(LANE);

        assertThat(answer.values()).containsExactly("row 1");
    }

    @Test
    void failsExpiredSubmissionsEvenWhenNothingElseWaits() {
        Answer<String> expired = submitFor(Duration.ofSeconds(1), 1);
        clock.advance(Duration.ofSeconds(2));

        lanes.runOne(LANE);

        assertThat(batches).isEmpty();
        assertThat(expired.failure()).isInstanceOf(DeadlineExceededException.class);
    }

    @Test
    void returnsRowsWhoseDeadlinePassesWhileTheyAreComputed() {
        Answer<String> answer = submitFor(Duration.ofSeconds(1), 1);
        function = (rows, run) -> {
            clock.advance(Duration.ofSeconds(5));
            return names(rows);
        };

        lanes.runOne(LANE);

        assertThat(answer.values()).containsExactly("row 1");
    }

    // Failures

    @Test
    void failsOnlyTheRowThatCausesABatchToFail() {
        function = (rows, run) -> {
            if (rows.contains(2)) {
                throw new IllegalStateException("2 fails");
            }
            return names(rows);
        };
        Answer<String> first = submit(1);
        Answer<String> failing = submit(2);
        Answer<String> third = submit(3);

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(1, 2, 3), List.of(1), List.of(2), List.of(3));
        assertThat(first.values()).containsExactly("row 1");
        assertThat(failing.failure(RowFailedException.class).index()).isZero();
        assertThat(failing.failure()).hasMessage("2 fails").hasCauseInstanceOf(IllegalStateException.class);
        assertThat(third.values()).containsExactly("row 3");
    }

    @Test
    void doesNotComputeTheOtherRowsOfAFailedSubmission() {
        batcher.retune(Limits.WIDE.withMaxRows(2));
        function = (rows, run) -> {
            throw new IllegalStateException("broken");
        };
        Answer<String> failed = submit(1, 2, 3);

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(1, 2), List.of(1));
        assertThat(failed.events()).isOne();
        assertThat(batcher.load().rows()).isZero();
    }

    @Test
    void failsOnlyTheRowWhoseOutcomeIsAFailure() {
        function = (rows, run) -> rows.stream().map(row -> outcome(row, 2)).toList();
        Answer<String> first = submit(1);
        Answer<String> failing = submit(2);

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(1, 2));
        assertThat(first.values()).containsExactly("row 1");
        assertThat(failing.failure()).hasCauseInstanceOf(ArithmeticException.class);
    }

    @Test
    void failsWhenTheFunctionReturnsTooFewOutcomes() {
        function = (rows, run) -> List.of();
        Answer<String> answer = submit(1);

        lanes.runOne(LANE);

        assertThat(answer.failure())
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessage("The batch function returned 0 outcomes for 1 rows");
    }

    @Test
    void retriesRowsAloneAfterTooFewOutcomes() {
        function = (rows, run) -> rows.size() == 1 ? names(rows) : names(rows.subList(1, rows.size()));
        Answer<String> first = submit(1);
        Answer<String> second = submit(2);

        lanes.runOne(LANE);

        assertThat(first.values()).containsExactly("row 1");
        assertThat(second.values()).containsExactly("row 2");
    }

    @Test
    void continuesAfterAnErrorOfTheFunction() {
        function = (rows, run) -> {
            throw new OutOfMemoryError("thrown by a test");
        };
        Answer<String> failed = submit(1);
        lanes.runOne(LANE);
        function = (rows, run) -> names(rows);
        Answer<String> next = submit(2);

        lanes.runOne(LANE);

        assertThat(failed.failure())
                .isInstanceOf(RuntimeException.class)
                .hasRootCauseInstanceOf(OutOfMemoryError.class);
        assertThat(next.values()).containsExactly("row 2");
    }

    @Test
    void aThrowingSubscriberDoesNotAffectOthers() throws InterruptedException {
        throwingSubmit(Duration.ofDays(1), 1);
        Answer<String> other = submit(2);

        lanes.runOne(LANE);
        batcher.close(Duration.ofDays(1));

        assertThat(other.values()).containsExactly("row 2");
    }

    @Test
    void aThrowingExpiredSubscriberDoesNotAffectOthers() throws InterruptedException {
        throwingSubmit(Duration.ofSeconds(1), 1);
        Answer<String> alsoLate = submitFor(Duration.ofSeconds(1), 2);
        Answer<String> patient = submitFor(Duration.ofDays(1), 3);
        clock.advance(Duration.ofSeconds(1));

        lanes.runOne(LANE);
        batcher.close(Duration.ofDays(1));

        assertThat(alsoLate.failure()).isInstanceOf(DeadlineExceededException.class);
        assertThat(patient.values()).containsExactly("row 3");
    }

    // Admission

    @Test
    void rejectsWhenTooManyTokensWait() {
        batcher.retune(Limits.queueOf(100));
        batcher.admit(Priority.INTERACTIVE, 60);

        QueueFullException rejection =
                catchThrowableOfType(QueueFullException.class, () -> batcher.admit(Priority.INTERACTIVE, 41));

        assertThat(rejection.retryAfter()).isPositive().isLessThan(Duration.ofSeconds(1));
        assertThat(rejection).hasMessage("The wait would be 1 ms");
    }

    @Test
    void setsRetryAfterToWhenHalfOfTheQueueHasDrained() {
        MicroBatcher<Integer, String> slow = batcher(5);
        slow.retune(Limits.queueOf(100));
        slow.admit(Priority.INTERACTIVE, 91);

        QueueFullException rejection =
                catchThrowableOfType(QueueFullException.class, () -> slow.admit(Priority.INTERACTIVE, 10));

        assertThat(rejection.retryAfter()).isEqualTo(Duration.ofMillis(4_550));
    }

    @Test
    void admitsUpToTheCapacityOfTheQueue() {
        batcher.retune(Limits.queueOf(100));
        batcher.admit(Priority.INTERACTIVE, 60);

        assertThat(batcher.admit(Priority.INTERACTIVE, 40)).isNotNull();
    }

    @Test
    void admitsAnySizeWhileTheQueueIsEmpty() {
        batcher.retune(Limits.queueOf(100));

        assertThat(batcher.admit(Priority.INTERACTIVE, 1_000_000)).isNotNull();
    }

    @Test
    void countsWaitingRowsByTheirTrueTokens() {
        batcher.retune(Limits.queueOf(100));
        Answer.to(batcher.admit(Priority.INTERACTIVE, 1_000).submit(rows(1, 2), clock.in(Duration.ofDays(1))));

        assertThat(batcher.admit(Priority.INTERACTIVE, 80)).isNotNull();
        assertThatThrownBy(() -> batcher.admit(Priority.INTERACTIVE, 1)).isInstanceOf(QueueFullException.class);
    }

    @Test
    void doesNotCountRowsThatAreBeingComputed() {
        batcher.retune(Limits.queueOf(1));
        submit(1);
        List<Object> admissions = new ArrayList<>();
        function = (rows, run) -> {
            admissions.add(batcher.admit(Priority.INTERACTIVE, 1_000));
            return names(rows);
        };

        lanes.runOne(LANE);

        assertThat(admissions).hasSize(1);
    }

    @Test
    void releasesAnAdmissionOnce() {
        batcher.retune(Limits.queueOf(100));
        MicroBatcher<Integer, String>.Admission released = batcher.admit(Priority.INTERACTIVE, 50);
        batcher.admit(Priority.INTERACTIVE, 50);

        released.release();
        released.release();

        assertThat(batcher.admit(Priority.INTERACTIVE, 50)).isNotNull();
        assertThatThrownBy(() -> batcher.admit(Priority.INTERACTIVE, 1)).isInstanceOf(QueueFullException.class);
    }

    @Test
    void releasingASubmittedAdmissionChangesNothing() {
        batcher.retune(Limits.queueOf(100));
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 50);
        Answer<String> answer = Answer.to(admission.submit(rows(1), clock.in(Duration.ofDays(1))));

        admission.release();
        lanes.runOne(LANE);

        assertThat(answer.values()).containsExactly("row 1");
        assertThat(batcher.admit(Priority.INTERACTIVE, 1_000)).isNotNull();
    }

    @Test
    void anAdmissionIsValidForOneSubmission() {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 10);
        Answer<String> first = Answer.to(admission.submit(rows(1), clock.in(Duration.ofDays(1))));

        Answer<String> second = Answer.to(admission.submit(rows(2), clock.in(Duration.ofDays(1))));
        lanes.runOne(LANE);

        assertThat(first.values()).containsExactly("row 1");
        assertThat(second.failure()).isInstanceOf(IllegalStateException.class);
        assertThat(batches).containsExactly(List.of(1));
    }

    @Test
    void dropsASubmissionWhoseCallerReleasedItsAdmission() {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 10);
        admission.release();

        Answer<String> answer = Answer.to(admission.submit(rows(1), clock.in(Duration.ofDays(1))));

        assertThat(answer.isOpen()).isTrue();
        assertThat(batcher.load().rows()).isZero();
        assertThat(lanes.runOne(LANE)).isFalse();
    }

    @Test
    void rejectsASubmissionWithoutRows() {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 10);

        assertThatThrownBy(() -> admission.submit(List.of(), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rejectsANegativeNumberOfTokens() {
        assertThatThrownBy(() -> new BatchRow<>("", -1)).isInstanceOf(IllegalArgumentException.class);
    }

    // Classes and waits

    @Test
    void interactiveRowsGoBeforeOlderBatchRows() {
        batcher.retune(Limits.WIDE.withMaxRows(2));
        submitBatch(1, 2);
        clock.advance(Duration.ofHours(1));
        submit(3);

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(3));
    }

    @Test
    void batchRowsGetAFifthOfTheTokensWhileInteractiveOnesWait() {
        batcher.retune(Limits.WIDE.withMaxRows(1));
        submitBatch(100, 101, 102, 103);
        submit(IntStream.range(0, 20).toArray());

        for (int batch = 0; batch < 20; batch++) {
            lanes.runOne(LANE);
        }

        assertThat(batches.stream().flatMap(List::stream).filter(row -> row >= 100))
                .containsExactly(100, 101, 102, 103);
    }

    @Test
    void neverMixesClassesInABatch() {
        submitBatch(1);
        submit(2);

        while (lanes.runOne(LANE)) {
            assertThat(batches).hasSizeLessThan(3);
        }

        assertThat(batches).containsExactly(List.of(2), List.of(1));
    }

    @Test
    void theExpressLaneComputesInteractiveRowsWhileAllLanesAreBusyWithBatchRows() {
        batcher.retune(Limits.WIDE.withMaxRows(1));
        List<Answer<String>> query = new ArrayList<>();
        function = (rows, run) -> {
            if (run.lane() == LANE) {
                lanes.runOne(OTHER_LANE);
            } else if (run.lane() == OTHER_LANE) {
                query.add(submit(3));
                assertThat(lanes.runOne(lanes.express())).isTrue();
                assertThat(query.get(0).values()).containsExactly("row 3");
            }
            return names(rows);
        };
        submitBatch(1, 2);

        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(1), List.of(2), List.of(3));
    }

    @Test
    void rejectsWhenTheExpectedWaitExceedsTheLimitOfTheClass() {
        MicroBatcher<Integer, String> slow = batcher(5);
        slow.retune(Limits.waitingFor(Duration.ofSeconds(2), Duration.ofSeconds(8)));
        slow.admit(Priority.INTERACTIVE, 30);
        slow.admit(Priority.BATCH, 30);

        QueueFullException rejection =
                catchThrowableOfType(QueueFullException.class, () -> slow.admit(Priority.INTERACTIVE, 1));

        // 30 tokens ahead, and 7 of the batch rows' share, at 10 per second.
        assertThat(rejection.expectedWait()).isEqualTo(Duration.ofMillis(3_700));
        assertThat(rejection.retryAfter()).isEqualTo(Duration.ofMillis(2_700));
        assertThat(slow.admit(Priority.BATCH, 1)).isNotNull();
    }

    @Test
    void rejectsNoInteractiveRowsBecauseOfBatchRows() {
        MicroBatcher<Integer, String> slow = batcher(5);
        slow.retune(Limits.waitingFor(Duration.ofSeconds(2), Duration.ofSeconds(8)));
        slow.admit(Priority.BATCH, 1_000_000);

        assertThat(slow.admit(Priority.INTERACTIVE, 1_000)).isNotNull();
        assertThatThrownBy(() -> slow.admit(Priority.BATCH, 1)).isInstanceOf(QueueFullException.class);
    }

    @Test
    void admitsAnySizeWhileNothingOfItsClassWaits() {
        MicroBatcher<Integer, String> slow = batcher(0.001);
        slow.retune(Limits.waitingFor(Duration.ofMillis(1), Duration.ofMillis(1)));

        assertThat(slow.admit(Priority.BATCH, 1_000_000)).isNotNull();
        assertThat(slow.admit(Priority.INTERACTIVE, 1_000_000)).isNotNull();
    }

    @Test
    void countsTheEstimateUntilRowsAreSubmitted() {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.BATCH, 70);
        long estimated = batcher.backlog().tokens(Priority.BATCH);

        Answer.to(admission.submit(rows(1, 2), clock.in(Duration.ofDays(1))));

        assertThat(estimated).isEqualTo(70);
        assertThat(batcher.backlog().tokens(Priority.BATCH)).isEqualTo(2L * TOKENS);
        assertThat(batcher.backlog().tokens(Priority.INTERACTIVE)).isZero();
    }

    @Test
    void cancelledBatchRowsLeaveTheQueueAtOnce() {
        Answer<String> cancelling = submitBatch(1, 2);
        submit(3);

        cancelling.cancel();

        assertThat(batcher.backlog().tokens(Priority.BATCH)).isZero();
        assertThat(batcher.load().tokens()).isEqualTo(TOKENS);
    }

    @Test
    void movesAndAbortsBatchRowsLikeInteractiveOnes() throws InterruptedException {
        MicroBatcher<Integer, String> other = batcher(1e6);
        Answer<String> moved = submitBatch(1);
        Answer<String> abandoned =
                Answer.to(other.admit(Priority.BATCH, 1).submit(rows(2), clock.in(Duration.ofDays(1))));

        batcher.handOver();
        other.close(Duration.ZERO);

        assertThat(moved.failure()).isInstanceOf(MovedException.class);
        assertThat(abandoned.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(lanes.runOne(LANE)).isFalse();
    }

    // Closing

    @Test
    void closesAtOnceWhenNothingIsAdmitted() throws InterruptedException {
        batcher.close(Duration.ofDays(1));

        assertThatThrownBy(() -> batcher.admit(Priority.INTERACTIVE, 1)).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void closingWaitsForAdmittedRows() throws InterruptedException {
        Answer<String> queued = submit(1);
        MicroBatcher<Integer, String>.Admission admitted = batcher.admit(Priority.INTERACTIVE, 10);
        Closing closing = Closing.of(batcher, Duration.ofDays(1));

        lanes.runOne(LANE);
        Answer<String> submitted = Answer.to(admitted.submit(rows(2), clock.in(Duration.ofDays(1))));
        boolean waited = closing.isWaiting();
        lanes.runOne(LANE);
        closing.await();

        assertThat(waited).isTrue();
        assertThat(queued.values()).containsExactly("row 1");
        assertThat(submitted.values()).containsExactly("row 2");
    }

    @Test
    void closingEndsWhenTheLastAdmissionIsReleased() throws InterruptedException {
        MicroBatcher<Integer, String>.Admission admitted = batcher.admit(Priority.INTERACTIVE, 10);
        Closing closing = Closing.of(batcher, Duration.ofDays(1));

        admitted.release();
        closing.await();

        assertThat(closing.isWaiting()).isFalse();
    }

    @Test
    void closingEndsWhenTheLastWaitingCallerCancels() throws InterruptedException {
        Answer<String> answer = submit(1);
        Closing closing = Closing.of(batcher, Duration.ofDays(1));

        answer.cancel();
        closing.await();

        assertThat(answer.isOpen()).isTrue();
    }

    @Test
    void abortsWhatItCannotComputeInTimeAndComputesTheRest() {
        MicroBatcher<Integer, String> slow = batcher(100);
        Answer<String> tooLarge = Answer.to(
                slow.admit(Priority.INTERACTIVE, 1).submit(longRow(1, 100_000), clock.in(Duration.ofDays(1))));
        Answer<String> small =
                Answer.to(slow.admit(Priority.INTERACTIVE, 1).submit(longRow(2, 10), clock.in(Duration.ofDays(1))));
        MicroBatcher<Integer, String>.Admission admittedLarge = slow.admit(Priority.INTERACTIVE, 1);
        MicroBatcher<Integer, String>.Admission admittedSmall = slow.admit(Priority.INTERACTIVE, 1);

        int abandoned = slow.abortBeyond(Duration.ofSeconds(1));
        Answer<String> lateLarge = Answer.to(admittedLarge.submit(longRow(3, 100_000), clock.in(Duration.ofDays(1))));
        Answer<String> lateSmall = Answer.to(admittedSmall.submit(longRow(4, 10), clock.in(Duration.ofDays(1))));
        lanes.runOne(LANE);

        assertThat(abandoned).isOne();
        assertThat(tooLarge.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(lateLarge.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(small.values()).containsExactly("row 2");
        assertThat(lateSmall.values()).containsExactly("row 4");
    }

    @Test
    void abortsRowsThatAreBeingComputed() {
        function = (rows, run) -> {
            batcher.abort();
            return names(rows);
        };
        Answer<String> computed = submit(1);
        Answer<String> waiting = submit(2, 3);

        assertThat(lanes.runOne(LANE)).isTrue();
        assertThat(lanes.runOne(LANE)).isFalse();

        assertThat(computed.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(waiting.failure()).isInstanceOf(BatcherClosedException.class);
    }

    private static List<BatchRow<Integer>> longRow(int content, int tokens) {
        return List.of(new BatchRow<>(content, tokens));
    }

    @Test
    void abortsWaitingRowsWhenTheCloseTimeoutExpires() throws InterruptedException {
        Answer<String> first = submit(1, 2);
        Answer<String> second = submit(3);

        batcher.close(Duration.ZERO);

        assertThat(first.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(second.failure()).isInstanceOf(BatcherClosedException.class);
        assertThat(first.events()).isOne();
        assertThat(lanes.runOne(LANE)).isFalse();
        assertThat(batches).isEmpty();
    }

    @Test
    void closingWaitsForARunningBatchWhateverTheTimeout() throws InterruptedException {
        List<Boolean> waited = new ArrayList<>();
        List<Closing> closing = new ArrayList<>();
        function = (rows, run) -> {
            closing.add(Closing.of(batcher, Duration.ZERO));
            waited.add(closing.get(0).isWaiting());
            return names(rows);
        };
        Answer<String> answer = submit(1);

        lanes.runOne(LANE);
        closing.get(0).await();

        assertThat(waited).containsExactly(true);
        assertThat(answer.values()).containsExactly("row 1");
    }

    @Test
    void anAdmissionIsVoidAfterClosing() throws InterruptedException {
        MicroBatcher<Integer, String>.Admission admitted = batcher.admit(Priority.INTERACTIVE, 10);
        batcher.close(Duration.ZERO);

        Answer<String> answer = Answer.to(admitted.submit(rows(1), clock.in(Duration.ofDays(1))));

        assertThat(answer.failure()).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void anAdmissionIsVoidOnceWaitingRowsAreAborted() throws InterruptedException {
        MicroBatcher<Integer, String>.Admission admitted = batcher.admit(Priority.INTERACTIVE, 10);
        List<Answer<String>> expired = new ArrayList<>();
        batcher.admit(Priority.INTERACTIVE, 10)
                .submit(rows(1), clock.in(Duration.ofDays(1)))
                .onFailure()
                .invoke(() -> expired.add(Answer.to(admitted.submit(rows(2), clock.in(Duration.ofDays(1))))))
                .subscribe()
                .with(unused -> {}, abandoned -> {});

        batcher.close(Duration.ZERO);

        assertThat(expired).hasSize(1);
        assertThat(expired.get(0).failure()).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void otherBatchersStillUseTheLanesAfterClosing() throws InterruptedException {
        MicroBatcher<Integer, String> other = batcher(1e6);
        Answer<String> answer =
                Answer.to(other.admit(Priority.INTERACTIVE, 1).submit(rows(1), clock.in(Duration.ofDays(1))));

        batcher.close(Duration.ZERO);
        lanes.runOne(LANE);

        assertThat(answer.values()).containsExactly("row 1");
    }

    // Hand-over

    @Test
    void handOverMovesSubmissionsThatHaveNotStarted() {
        Answer<String> first = submit(1, 2);
        Answer<String> second = submit(3);

        batcher.handOver();

        assertThat(first.failure()).isInstanceOf(MovedException.class);
        assertThat(second.failure()).isInstanceOf(MovedException.class);
        assertThat(first.events()).isOne();
        assertThat(batcher.load().tokens()).isZero();
        assertThat(lanes.runOne(LANE)).isFalse();
    }

    @Test
    void handOverFinishesStartedSubmissions() {
        batcher.retune(Limits.WIDE.withMaxRows(2));
        Answer<String> started = submit(1, 2, 3);
        Answer<String> waiting = submit(4);
        lanes.runOne(LANE);

        batcher.handOver();
        lanes.runOne(LANE);

        assertThat(batches).containsExactly(List.of(1, 2), List.of(3));
        assertThat(started.values()).containsExactly("row 1", "row 2", "row 3");
        assertThat(waiting.failure()).isInstanceOf(MovedException.class);
    }

    @Test
    void handOverFinishesRowsBeingComputed() {
        Answer<String> started = submit(1);
        function = (rows, run) -> {
            batcher.handOver();
            return names(rows);
        };

        lanes.runOne(LANE);

        assertThat(started.values()).containsExactly("row 1");
        assertThat(started.events()).isOne();
    }

    @Test
    void anAdmissionFromBeforeHandOverFailsAsMoved() throws InterruptedException {
        MicroBatcher<Integer, String>.Admission admission = batcher.admit(Priority.INTERACTIVE, 10);
        batcher.handOver();

        Answer<String> answer = Answer.to(admission.submit(rows(1), clock.in(Duration.ofDays(1))));
        batcher.close(Duration.ofDays(1));

        assertThat(answer.failure()).isInstanceOf(MovedException.class);
    }

    @Test
    void admitsNothingAfterHandOver() throws InterruptedException {
        batcher.retune(Limits.queueOf(1));
        batcher.admit(Priority.INTERACTIVE, 100);
        batcher.handOver();

        assertThatThrownBy(() -> batcher.admit(Priority.INTERACTIVE, 1)).isInstanceOf(MovedException.class);
        assertThatThrownBy(() -> batcher.admitMoved(Priority.INTERACTIVE, 1)).isInstanceOf(MovedException.class);
        batcher.close(Duration.ZERO);
        assertThatThrownBy(() -> batcher.admit(Priority.INTERACTIVE, 1)).isInstanceOf(MovedException.class);
    }

    @Test
    void admitsMovedRowsEvenWhenTheQueueIsFull() {
        batcher.retune(Limits.queueOf(10));
        submit(1);

        Answer<String> moved = Answer.to(
                batcher.admitMoved(Priority.INTERACTIVE, 1_000).submit(rows(2), clock.in(Duration.ofDays(1))));
        lanes.runOne(LANE);

        assertThat(moved.values()).containsExactly("row 2");
    }

    @Test
    void rejectsMovedRowsWhenClosed() throws InterruptedException {
        batcher.close(Duration.ZERO);

        assertThatThrownBy(() -> batcher.admitMoved(Priority.INTERACTIVE, 1))
                .isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void closesAfterHandOverOnceStartedSubmissionsAreDone() throws InterruptedException {
        batcher.retune(Limits.WIDE.withMaxRows(1));
        Answer<String> started = submit(1, 2);
        submit(3);
        lanes.runOne(LANE);
        batcher.handOver();
        Closing closing = Closing.start(batcher, Duration.ofDays(1));

        boolean waited = closing.isWaiting();
        lanes.runOne(LANE);
        closing.await();

        assertThat(waited).isTrue();
        assertThat(started.values()).containsExactly("row 1", "row 2");
    }

    @Test
    void aCancelledSubmissionGetsNoEventFromHandOver() throws InterruptedException {
        Answer<String> left = submit(1);
        Answer<String> cancelling = new Answer<>();
        batcher.admit(Priority.INTERACTIVE, 1)
                .submit(rows(2), clock.in(Duration.ofDays(1)))
                .onFailure()
                .invoke(() -> cancelling.cancel())
                .subscribe()
                .withSubscriber(cancelling);
        left.cancel();

        batcher.handOver();
        batcher.close(Duration.ofDays(1));

        assertThat(left.isOpen()).isTrue();
        assertThat(cancelling.events()).isLessThanOrEqualTo(1);
        assertThat(batcher.load().rows()).isZero();
    }

    private Answer<String> submit(int... rows) {
        return submitFor(Duration.ofDays(1), rows);
    }

    private Answer<String> submitBatch(int... rows) {
        return Answer.to(batcher.admit(Priority.BATCH, 1).submit(rows(rows), clock.in(Duration.ofDays(1))));
    }

    private Answer<String> submitFor(Duration patience, int... rows) {
        return Answer.to(batcher.admit(Priority.INTERACTIVE, 1).submit(rows(rows), clock.in(patience)));
    }

    private void throwingSubmit(Duration patience, int row) {
        batcher.admit(Priority.INTERACTIVE, 1)
                .submit(rows(row), clock.in(patience))
                .subscribe()
                .withSubscriber(new Throwing());
    }

    private static List<BatchRow<Integer>> rows(int... rows) {
        return Arrays.stream(rows).mapToObj(row -> new BatchRow<>(row, TOKENS)).toList();
    }

    private static List<RowOutcome<String>> names(List<Integer> rows) {
        return IntStream.range(0, rows.size())
                .<RowOutcome<String>>mapToObj(index -> new RowOutcome.Computed<>("row " + rows.get(index)))
                .toList();
    }

    private static RowOutcome<String> outcome(int row, int failing) {
        return row == failing
                ? new RowOutcome.Failed<>(new ArithmeticException("not finite"))
                : new RowOutcome.Computed<>("row " + row);
    }

    /** Subscriber that cancels in onSubscribe. */
    private static final class CancelsAtOnce implements UniSubscriber<BatchResult<String>> {
        @Override
        public void onSubscribe(UniSubscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onItem(BatchResult<String> item) {
            throw new AssertionError("completed after cancellation");
        }

        @Override
        public void onFailure(Throwable failure) {
            throw new AssertionError("failed after cancellation", failure);
        }
    }

    /** Subscriber that throws. */
    private static final class Throwing implements UniSubscriber<BatchResult<String>> {
        @Override
        public void onSubscribe(UniSubscription subscription) {}

        @Override
        public void onItem(BatchResult<String> item) {
            throw new IllegalStateException("thrown by a subscriber");
        }

        @Override
        public void onFailure(Throwable failure) {
            throw new IllegalStateException("thrown by a subscriber");
        }
    }
}
