package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.admission.Priority;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MicroBatcherThreadsTest {

    private static final int CALLERS = 4;
    private static final int SUBMISSIONS = 50;
    private static final BatchLimits LIMITS = new BatchLimits(
            8,
            64,
            0.5,
            Duration.ofSeconds(10),
            new BatchCost(2, false, 1_000),
            32,
            Integer.MAX_VALUE,
            1_000_000_000L,
            Limits.PATIENT);

    private final Lanes lanes = Lanes.start(2);
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS + 1);

    /** Its first use fails where it is made by several threads at once: "ContextManagerProvider already set". */
    @BeforeAll
    static void initializeMutiny() {
        Uni.createFrom().emitter(emitter -> emitter.complete("")).await().indefinitely();
    }

    @AfterEach
    void stop() {
        callers.shutdownNow();
        lanes.close();
    }

    /** Submission and its rows, from which the expected values follow. */
    private record Call(List<Integer> rows, boolean cancelled, Answer<Long> answer) {}

    @RepeatedTest(20)
    void completesEverySubmissionOnceWithItsOwnRows() throws Exception {
        MicroBatcher<Integer, Long> batcher = batcher(LIMITS);
        List<Future<List<Call>>> running = new ArrayList<>();

        for (int caller = 0; caller < CALLERS; caller++) {
            int first = caller * 1_000_000;
            running.add(callers.submit(() -> call(batcher, first)));
        }
        List<Call> calls = new ArrayList<>();
        for (Future<List<Call>> caller : running) {
            calls.addAll(caller.get());
        }
        batcher.close(Duration.ofSeconds(50));

        for (Call call : calls) {
            if (call.cancelled()) {
                assertThat(call.answer().events()).isLessThanOrEqualTo(1);
            } else {
                assertThat(call.answer().events()).isOne();
            }
            if (!call.answer().isOpen()) {
                assertThat(call.answer().values())
                        .containsExactlyElementsOf(call.rows().stream()
                                .map(MicroBatcherThreadsTest::squared)
                                .toList());
            }
        }
        assertThat(batcher.load().rows()).isZero();
        assertThat(batcher.load().tokens()).isZero();
    }

    @RepeatedTest(20)
    void servesTwoBatchersOnTheSameLanes() throws Exception {
        MicroBatcher<Integer, Long> first = batcher(LIMITS);
        MicroBatcher<Integer, Long> second = batcher(LIMITS.withMaxRows(1));

        Future<List<Call>> ofFirst = callers.submit(() -> call(first, 0));
        Future<List<Call>> ofSecond = callers.submit(() -> call(second, 1_000_000));
        List<Call> calls = new ArrayList<>(ofFirst.get());
        calls.addAll(ofSecond.get());
        first.close(Duration.ofSeconds(50));
        second.close(Duration.ofSeconds(50));

        assertThat(calls).filteredOn(call -> !call.cancelled()).allSatisfy(call -> assertThat(
                        call.answer().values())
                .containsExactlyElementsOf(call.rows().stream()
                        .map(MicroBatcherThreadsTest::squared)
                        .toList()));
    }

    @RepeatedTest(20)
    void closingUnderLoadCompletesEverySubmission() throws Exception {
        MicroBatcher<Integer, Long> batcher = batcher(LIMITS);
        List<Future<List<Call>>> running = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            int first = caller * 1_000_000;
            running.add(callers.submit(() -> call(batcher, first)));
        }

        batcher.close(Duration.ZERO);

        for (Future<List<Call>> caller : running) {
            for (Call call : caller.get()) {
                if (!call.cancelled()) {
                    call.answer().await();
                    assertThat(call.answer().events()).isOne();
                }
            }
        }
    }

    @RepeatedTest(20)
    void closingOneOfTwoUnlikeBatchersUnderLoadLeavesTheOtherAlone() throws Exception {
        MicroBatcher<Integer, Long> closing = batcher(LIMITS);
        MicroBatcher<Integer, Long> staying = batcher(LIMITS.withMaxRows(1));
        List<Future<List<Call>>> ofClosing = new ArrayList<>();
        List<Future<List<Call>>> ofStaying = new ArrayList<>();
        for (int caller = 0; caller < CALLERS / 2; caller++) {
            int first = caller * 1_000_000;
            ofClosing.add(callers.submit(() -> call(closing, first)));
            ofStaying.add(callers.submit(() -> call(staying, first)));
        }

        closing.close(Duration.ZERO);
        List<Call> calls = new ArrayList<>();
        for (Future<List<Call>> caller : ofStaying) {
            calls.addAll(caller.get());
        }
        staying.close(Duration.ofSeconds(50));

        assertThat(calls)
                .hasSize(CALLERS / 2 * SUBMISSIONS)
                .filteredOn(call -> !call.cancelled())
                .allSatisfy(call -> assertThat(call.answer().values())
                        .containsExactlyElementsOf(call.rows().stream()
                                .map(MicroBatcherThreadsTest::squared)
                                .toList()));
        for (Future<List<Call>> caller : ofClosing) {
            for (Call call : caller.get()) {
                if (!call.cancelled()) {
                    call.answer().await();
                    assertThat(call.answer().events()).isOne();
                }
            }
        }
        assertThat(staying.backlog().laneTime().others()).isEmpty();
    }

    @RepeatedTest(20)
    void handOverUnderLoadLosesNoSubmission() throws Exception {
        AtomicReference<MicroBatcher<Integer, Long>> current = new AtomicReference<>(batcher(LIMITS));
        AtomicBoolean enough = new AtomicBoolean();
        List<Future<List<Call>>> running = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            int first = caller * 1_000_000;
            running.add(callers.submit(() -> callWhicheverIsCurrent(current, enough, first)));
        }

        for (int swap = 0; swap < 20; swap++) {
            MicroBatcher<Integer, Long> old = current.getAndSet(batcher(LIMITS));
            old.handOver();
            old.close(Duration.ofSeconds(50));
            assertThat(old.load().rows()).isZero();
        }
        enough.set(true);

        for (Future<List<Call>> caller : running) {
            assertThat(caller.get()).isNotEmpty().allSatisfy(call -> {
                assertThat(call.answer().events()).isOne();
                assertThat(call.answer().values())
                        .containsExactlyElementsOf(call.rows().stream()
                                .map(MicroBatcherThreadsTest::squared)
                                .toList());
            });
        }
    }

    /** Submits continuously, a few submissions at a time, up to a limit; moved ones are submitted again. */
    private static List<Call> callWhicheverIsCurrent(
            AtomicReference<MicroBatcher<Integer, Long>> current, AtomicBoolean enough, int firstRow)
            throws InterruptedException {
        List<Call> calls = new ArrayList<>();
        do {
            List<Call> open = new ArrayList<>();
            for (int submission = 0; submission < 10; submission++) {
                List<Integer> rows = IntStream.range(0, 1 + submission)
                        .map(row -> firstRow + calls.size() + row)
                        .boxed()
                        .toList();
                open.add(new Call(rows, false, Answer.to(submission(current, batchRows(rows), false))));
            }
            for (Call call : open) {
                call.answer().await();
            }
            calls.addAll(open);
        } while (!enough.get());
        return calls;
    }

    private static Uni<BatchResult<Long>> submission(
            AtomicReference<MicroBatcher<Integer, Long>> current, List<BatchRow<Integer>> rows, boolean moved) {
        return Uni.createFrom()
                .deferred(() -> {
                    MicroBatcher<Integer, Long> batcher = current.get();
                    return (moved
                                    ? batcher.admitMoved(priority(rows.size()), rows.size())
                                    : batcher.admit(priority(rows.size()), rows.size()))
                            .submit(rows, Long.MAX_VALUE / 2);
                })
                .onFailure(MovedException.class)
                .recoverWithUni(() -> submission(current, rows, true));
    }

    @Test
    void computesOneBatchPerLaneAtTheSameTime() throws InterruptedException {
        CountDownLatch bothRun = new CountDownLatch(2);
        MicroBatcher<Integer, Long> batcher = new MicroBatcher<>(
                lanes,
                (rows, run) -> {
                    bothRun.countDown();
                    await(bothRun);
                    return squares(rows);
                },
                LIMITS.withMaxRows(1),
                1e9,
                (rows, tokens, padded, nanos) -> {},
                RowCache.none(),
                System::nanoTime);

        Answer<Long> answer = Answer.to(batcher.admit(Priority.INTERACTIVE, 2)
                .submit(List.of(new BatchRow<>(2, 1), new BatchRow<>(3, 1)), Long.MAX_VALUE / 2));
        answer.await();

        assertThat(answer.values()).containsExactly(4L, 9L);
    }

    @Test
    void aLaneContinuesAfterAnErrorOfTheFunction() throws InterruptedException {
        MicroBatcher<Integer, Long> batcher = new MicroBatcher<>(
                lanes,
                (rows, run) -> {
                    if (rows.contains(0)) {
                        throw new LinkageError("thrown by a test");
                    }
                    return squares(rows);
                },
                LIMITS,
                1e9,
                (rows, tokens, padded, nanos) -> {},
                RowCache.none(),
                System::nanoTime);
        for (int error = 0; error < 3 * lanes.count(); error++) {
            submit(batcher, List.of(0)).await();
        }

        Answer<Long> answer = submit(batcher, List.of(5));
        answer.await();

        assertThat(answer.values()).containsExactly(25L);
    }

    private MicroBatcher<Integer, Long> batcher(BatchLimits limits) {
        return new MicroBatcher<>(
                lanes,
                (rows, run) -> squares(rows),
                limits,
                1e9,
                (rows, tokens, padded, nanos) -> {},
                RowCache.none(),
                System::nanoTime);
    }

    /** Submits, and cancels some submissions, until the batcher is closed or the limit is reached. */
    private static List<Call> call(MicroBatcher<Integer, Long> batcher, int firstRow) {
        Random random = new Random(firstRow);
        List<Call> calls = new ArrayList<>();
        try {
            for (int submission = 0; submission < SUBMISSIONS; submission++) {
                List<Integer> rows = IntStream.range(0, 1 + random.nextInt(6))
                        .mapToObj(row -> firstRow + random.nextInt(1_000))
                        .toList();
                Call call = new Call(rows, random.nextInt(3) == 0, submit(batcher, rows));
                calls.add(call);
                if (call.cancelled()) {
                    call.answer().cancel();
                }
            }
        } catch (BatcherClosedException closed) {
            // Nothing more to submit.
        }
        return calls;
    }

    private static Answer<Long> submit(MicroBatcher<Integer, Long> batcher, List<Integer> rows) {
        return Answer.to(batcher.admit(priority(rows.size()), rows.size()).submit(batchRows(rows), Long.MAX_VALUE / 2));
    }

    /** Both classes occur, so the express lane is used too. */
    private static Priority priority(int rows) {
        return rows % 2 == 0 ? Priority.BATCH : Priority.INTERACTIVE;
    }

    private static List<BatchRow<Integer>> batchRows(List<Integer> rows) {
        return rows.stream().map(row -> new BatchRow<>(row, 1 + row % 20)).toList();
    }

    private static List<RowOutcome<Long>> squares(List<Integer> rows) {
        return rows.stream()
                .<RowOutcome<Long>>map(row -> new RowOutcome.Computed<>(squared(row)))
                .toList();
    }

    private static long squared(int row) {
        return (long) row * row;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
