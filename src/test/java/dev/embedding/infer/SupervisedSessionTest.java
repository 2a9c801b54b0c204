package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.infer.runtime.InferenceException;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SupervisedSessionTest {

    private static final TokenBatch BATCH = TokenBatch.of(List.of(new int[] {1, 2, 3}));
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private final AtomicLong now = new AtomicLong();
    private final RunWatchdog watchdog = new RunWatchdog(now::get);
    private final HeldRunner runner = new HeldRunner();
    private final SupervisedSession session = new SupervisedSession(runner, watchdog, LIMIT);
    private final AtomicInteger replacedLanes = new AtomicInteger();

    @Test
    void doesNotTerminateARunWithinItsLimit() throws Exception {
        CompletableFuture<@Nullable TokenVectors> run = begin();

        pass(LIMIT);
        runner.mayReturn.countDown();

        assertThat(run.get()).isNotNull();
        assertThat(watchdog.terminated()).isZero();
    }

    @Test
    void terminatesARunBeyondItsLimit() throws Exception {
        runner.obeys = true;
        CompletableFuture<@Nullable TokenVectors> run = begin();

        pass(LIMIT.plusMillis(1));

        assertThatThrownBy(run::get).hasRootCauseMessage("terminated by a test").hasMessageContaining("too long");
        assertThat(watchdog.terminated()).isOne();
        assertThat(watchdog.abandoned()).isZero();
        assertThat(replacedLanes).hasValue(0);
    }

    @Test
    void allowsASlowModelTenTimesTheExpectedTime() throws Exception {
        CompletableFuture<@Nullable TokenVectors> first = begin();
        pass(Duration.ofSeconds(20));
        runner.mayReturn.countDown();
        first.get();
        runner.holdAgain();
        CompletableFuture<@Nullable TokenVectors> second = begin();

        pass(Duration.ofSeconds(199));
        boolean stoppedInTime = watchdog.terminated() > 0;
        pass(Duration.ofSeconds(2));

        assertThat(stoppedInTime).isFalse();
        assertThat(watchdog.terminated()).isOne();
        runner.mayReturn.countDown();
        assertThat(second.get()).isNotNull();
    }

    @Test
    void abandonsARunThatDoesNotStop() throws Exception {
        CompletableFuture<@Nullable TokenVectors> run = begin();

        pass(LIMIT.plusMillis(1));
        pass(RunWatchdog.GRACE);

        assertThat(watchdog.abandoned()).isOne();
        assertThat(replacedLanes).hasValue(1);
        assertThat(session.hasAbandonedRun()).isTrue();
        assertThat(watchdog.unrecoverable().toCompletableFuture()).isNotDone();
        runner.mayReturn.countDown();
        assertThatThrownBy(run::get).hasMessageContaining("abandoned");
    }

    @Test
    void leavesTimeToStopAfterTheProcessWasSuspended() throws Exception {
        CompletableFuture<@Nullable TokenVectors> run = begin();

        pass(LIMIT.plus(RunWatchdog.GRACE).multipliedBy(2));
        pass(RunWatchdog.GRACE.minusNanos(1));

        assertThat(watchdog.terminated()).isOne();
        assertThat(watchdog.abandoned()).isZero();
        runner.mayReturn.countDown();
        assertThat(run.get()).isNotNull();
    }

    @Test
    void isUnrecoverableAfterTheSecondAbandonedRun() throws Exception {
        CompletableFuture<@Nullable TokenVectors> first = begin();
        CompletableFuture<@Nullable TokenVectors> second = begin();

        pass(LIMIT.plusMillis(1));
        pass(RunWatchdog.GRACE);

        assertThat(watchdog.abandoned()).isEqualTo(2);
        assertThat(watchdog.unrecoverable().toCompletableFuture()).isDone();
        runner.mayReturn.countDown();
        assertThatThrownBy(first::get).hasMessageContaining("abandoned");
        assertThatThrownBy(second::get).hasMessageContaining("abandoned");
    }

    @Test
    void isStuckOnlyWhenARunCannotBeAbandoned() throws Exception {
        AtomicBoolean noThread = new AtomicBoolean(true);
        CompletableFuture<@Nullable TokenVectors> run = begin(() -> {
            if (noThread.get()) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        });
        pass(LIMIT.plusMillis(1));
        pass(RunWatchdog.GRACE);
        boolean stuckEarly = watchdog.isStuck();

        pass(RunWatchdog.LONGEST_OVERTIME);
        boolean stuck = watchdog.isStuck();
        noThread.set(false);
        watchdog.check();

        assertThat(stuckEarly).isFalse();
        assertThat(stuck).isTrue();
        assertThat(watchdog.isStuck()).isFalse();
        assertThat(watchdog.abandoned()).isOne();
        runner.mayReturn.countDown();
        assertThatThrownBy(run::get).isInstanceOf(ExecutionException.class);
    }

    @RepeatedTest(100)
    void isNotClosedDuringARun() throws Exception {
        CompletableFuture<@Nullable TokenVectors> run = begin();

        Thread closing = new Thread(session::close);
        closing.start();
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        boolean closedUnderIt = runner.closed;
        runner.mayReturn.countDown();
        closing.join();

        assertThat(closedUnderIt).isFalse();
        assertThat(runner.closed).isTrue();
        assertThat(run.get()).isNotNull();
        assertThat(session.tryRun(BATCH, new Workspace(), SupervisedSessionTest::doNothing))
                .isNull();
    }

    @RepeatedTest(100)
    void closingDoesNotWaitForAnAbandonedRunAndClosesWhenItReturns() throws Exception {
        CompletableFuture<@Nullable TokenVectors> run = begin();
        Thread closing = new Thread(session::close);
        closing.start();

        pass(LIMIT.plusMillis(1));
        pass(RunWatchdog.GRACE);
        closing.join();
        boolean closedUnderIt = runner.closed;
        runner.mayReturn.countDown();

        assertThatThrownBy(run::get).isInstanceOf(ExecutionException.class);
        assertThat(closedUnderIt).isFalse();
        assertThat(runner.closed).isTrue();
    }

    @RepeatedTest(100)
    void aRunThatReturnsWhileItIsAbandonedEitherGivesItsVectorsOrIsReplaced() throws Exception {
        CompletableFuture<@Nullable TokenVectors> run = begin();
        pass(LIMIT.plusMillis(1));

        Thread returning = new Thread(runner.mayReturn::countDown);
        returning.start();
        pass(RunWatchdog.GRACE);
        returning.join();

        boolean answered = run.handle((vectors, failure) -> failure == null).get();
        assertThat(replacedLanes).hasValue(answered ? 0 : 1);
    }

    @Test
    void returnsMemoryOnceIdleLongEnough() throws Exception {
        CompletableFuture<@Nullable TokenVectors> run = begin();
        pass(IDLE);
        boolean underARun = session.giveBackWhenIdle(IDLE);
        runner.mayReturn.countDown();
        run.get();
        pass(IDLE.minusNanos(1));
        boolean tooSoon = session.giveBackWhenIdle(IDLE);
        pass(Duration.ofNanos(1));

        boolean inTime = session.giveBackWhenIdle(IDLE);

        assertThat(underARun).isFalse();
        assertThat(tooSoon).isFalse();
        assertThat(inTime).isTrue();
        assertThat(runner.givenBack).hasValue(1);
    }

    @Test
    void returnsMemoryAgainOnlyAfterFurtherRuns() throws Exception {
        runner.mayReturn.countDown();
        boolean neverRan = session.giveBackWhenIdle(Duration.ZERO);
        session.tryRun(BATCH, new Workspace(), SupervisedSessionTest::doNothing);
        boolean first = session.giveBackWhenIdle(Duration.ZERO);
        boolean again = session.giveBackWhenIdle(Duration.ZERO);
        session.tryRun(BATCH, new Workspace(), SupervisedSessionTest::doNothing);
        boolean afterARun = session.giveBackWhenIdle(Duration.ZERO);
        session.tryRun(BATCH, new Workspace(), SupervisedSessionTest::doNothing);
        session.close();
        boolean closed = session.giveBackWhenIdle(Duration.ZERO);

        assertThat(List.of(neverRan, first, again, afterARun, closed)).containsExactly(false, true, false, true, false);
    }

    @Test
    void isNotClosedWhileItReturnsMemory() throws Exception {
        runner.mayReturn.countDown();
        session.tryRun(BATCH, new Workspace(), SupervisedSessionTest::doNothing);
        runner.holdAgain();
        CountDownLatch inside = new CountDownLatch(1);
        runner.inside = inside;
        CompletableFuture<Boolean> giving = CompletableFuture.supplyAsync(() -> {
            try {
                return session.giveBackWhenIdle(Duration.ZERO);
            } catch (OrtException failure) {
                throw new AssertionError(failure);
            }
        });
        inside.await();

        Thread closing = new Thread(session::close);
        closing.start();
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        boolean closedUnderIt = runner.closed;
        runner.mayReturn.countDown();
        closing.join();

        assertThat(closedUnderIt).isFalse();
        assertThat(runner.closed).isTrue();
        assertThat(giving.get()).isTrue();
    }

    @Test
    void aRealSessionComputesTheSameAfterReturningMemory() throws OrtException {
        InferenceRuntime runtime = new InferenceRuntime();
        try (SessionOptions options = new SessionOptions();
                InferenceSession real = InferenceSession.open(
                        runtime,
                        ReferenceModel.of("distilbert-mean").weights(),
                        options,
                        0,
                        false,
                        GraphOutput.TOKENS)) {
            FloatBuffer before =
                    real.run(BATCH, new Workspace(), new RunTermination()).values();

            real.giveBack(new RunTermination());

            assertThat(real.run(BATCH, new Workspace(), new RunTermination()).values())
                    .isEqualTo(before);
        }
    }

    @Test
    void failsARunThatReturnsTooFewVectors() {
        runner.mayReturn.countDown();
        runner.floats = 2;

        assertThatThrownBy(() -> session.tryRun(BATCH, new Workspace(), SupervisedSessionTest::doNothing))
                .isInstanceOf(InferenceException.class)
                .hasMessage("The model returned 2 numbers for 1 texts of up to 3 tokens");
    }

    @Test
    void terminatesARealRun() throws OrtException {
        InferenceRuntime runtime = new InferenceRuntime();
        try (SessionOptions options = new SessionOptions();
                InferenceSession real = InferenceSession.open(
                        runtime,
                        ReferenceModel.of("distilbert-mean").weights(),
                        options,
                        0,
                        false,
                        GraphOutput.TOKENS)) {
            RunTermination termination = new RunTermination();
            termination.request();

            assertThatThrownBy(() -> real.run(BATCH, new Workspace(), termination))
                    .isInstanceOf(OrtException.class)
                    .hasMessageContaining("terminate");
            assertThat(real.run(BATCH, new Workspace(), new RunTermination())).isNotNull();
        }
    }

    private CompletableFuture<@Nullable TokenVectors> begin() throws InterruptedException {
        return begin(replacedLanes::incrementAndGet);
    }

    /** Begins a run on a thread of its own, and waits until it is active. */
    private CompletableFuture<@Nullable TokenVectors> begin(Runnable onAbandoned) throws InterruptedException {
        CompletableFuture<@Nullable TokenVectors> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(session.tryRun(BATCH, new Workspace(), onAbandoned));
            } catch (OrtException | RuntimeException failure) {
                result.completeExceptionally(failure);
            }
        });
        thread.setDaemon(true);
        CountDownLatch inside = new CountDownLatch(1);
        runner.inside = inside;
        thread.start();
        inside.await();
        return result;
    }

    private static void doNothing() {}

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
        watchdog.check();
    }

    /** A session whose runs last until they are released; an obedient one also ends when it is terminated. */
    private static final class HeldRunner implements BatchRunner {
        volatile CountDownLatch inside = new CountDownLatch(0);
        volatile CountDownLatch mayReturn = new CountDownLatch(1);
        volatile boolean obeys;
        volatile boolean closed;
        volatile int floats = 3;
        final AtomicInteger givenBack = new AtomicInteger();

        void holdAgain() {
            mayReturn = new CountDownLatch(1);
        }

        @Override
        public TokenVectors run(TokenBatch batch, Workspace workspace, RunTermination termination) throws OrtException {
            AtomicBoolean told = new AtomicBoolean();
            CountDownLatch end = mayReturn;
            termination.onRequest(() -> {
                if (obeys) {
                    told.set(true);
                    end.countDown();
                }
            });
            inside.countDown();
            try {
                end.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            if (told.get()) {
                throw new OrtException("terminated by a test");
            }
            return new TokenVectors(FloatBuffer.allocate(floats), 3, 1);
        }

        @Override
        public void giveBack(RunTermination termination) throws OrtException {
            TokenVectors unused = run(BATCH, new Workspace(), termination);
            givenBack.incrementAndGet();
        }

        @Override
        public int dimension() {
            return 1;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
