package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.infer.runtime.InferenceException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WideSessionTest {

    private static final InferenceRuntime RUNTIME = new InferenceRuntime();
    private static final Path WEIGHTS = ReferenceModel.of("distilbert-mean").weights();
    private static final TokenBatch BATCH = TokenBatch.of(List.of(new int[] {1, 2, 3}));

    private final Workspace workspace = new Workspace();

    @Test
    void doesNotDelayTheFirstRun() throws Exception {
        CountDownLatch mayOpen = new CountDownLatch(1);
        try (WideSession wide = allowed(
                () -> {
                    await(mayOpen);
                    return open();
                },
                Duration.ofDays(1))) {
            TokenVectors whileOpening = wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
            mayOpen.countDown();
            awaitOpen(wide);

            assertThat(whileOpening).isNull();
            assertThat(wide.tryRun(BATCH, workspace, WideSessionTest::doNothing))
                    .isNotNull();
        }
    }

    @Test
    void isOpenedOnce() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        try (WideSession wide = allowed(
                () -> {
                    opened.incrementAndGet();
                    return open();
                },
                Duration.ofDays(1))) {
            for (int run = 0; run < 100; run++) {
                wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
            }
            awaitOpen(wide);
            wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
        }

        assertThat(opened).hasValue(1);
    }

    @Test
    void isClosedWhenUnusedAndOpenedAgainWhenRequested() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        try (WideSession wide = allowed(
                () -> {
                    opened.incrementAndGet();
                    return open();
                },
                Duration.ofMillis(1))) {
            while (opened.get() < 3) {
                if (!wide.isOpen()) {
                    wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
                }
            }
        }

        assertThat(opened.get()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void isNotOpenedAgainAfterAFailure() throws Exception {
        AtomicInteger tried = new AtomicInteger();
        CountDownLatch failed = new CountDownLatch(1);
        try (WideSession wide = allowed(
                () -> {
                    tried.incrementAndGet();
                    failed.countDown();
                    throw new InferenceException("thrown by a test", null);
                },
                Duration.ofDays(1))) {
            wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
            failed.await();
            for (int run = 0; run < 1_000; run++) {
                assertThat(wide.tryRun(BATCH, workspace, WideSessionTest::doNothing))
                        .isNull();
            }
        }

        assertThat(tried).hasValue(1);
    }

    @Test
    void isNotOpenedUntilAllowed() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        try (WideSession wide = wide(
                () -> {
                    opened.incrementAndGet();
                    return open();
                },
                Duration.ofDays(1))) {
            TokenVectors notAllowed = wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
            int openedUnasked = opened.get();
            wide.allow(true);
            wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
            awaitOpen(wide);

            assertThat(notAllowed).isNull();
            assertThat(openedUnasked).isZero();
            assertThat(opened).hasValue(1);
        }
    }

    @Test
    void isClosedWhenForbiddenAndOpenedAgainWhenAllowed() throws Exception {
        try (WideSession wide = allowed(WideSessionTest::open, Duration.ofDays(1))) {
            wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
            awaitOpen(wide);

            wide.allow(false);
            boolean openAfterwards = wide.isOpen();
            TokenVectors notAllowed = wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
            wide.allow(true);
            wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
            awaitOpen(wide);

            assertThat(openAfterwards).isFalse();
            assertThat(notAllowed).isNull();
        }
    }

    @Test
    void isNotClosedDuringARun() throws Exception {
        HeldRunner runner = new HeldRunner();
        try (WideSession wide = allowed(() -> runner, Duration.ofDays(1))) {
            wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
            awaitOpen(wide);
            Thread run = start(() -> wide.tryRun(BATCH, workspace, WideSessionTest::doNothing));
            runner.running.await();

            Thread closing = start(() -> wide.allow(false));
            awaitState(closing, Thread.State.WAITING);
            boolean closedUnderTheRun = runner.closed;
            runner.mayGoOn.countDown();
            closing.join();
            run.join();

            assertThat(closedUnderTheRun).isFalse();
            assertThat(runner.closed).isTrue();
        }
    }

    @Test
    void isClosedWhenForbiddenWhileItIsBeingOpened() throws Exception {
        HeldRunner runner = new HeldRunner();
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch mayOpen = new CountDownLatch(1);
        try (WideSession wide = allowed(
                () -> {
                    opening.countDown();
                    await(mayOpen);
                    return runner;
                },
                Duration.ofDays(1))) {
            wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
            opening.await();

            wide.allow(false);
            mayOpen.countDown();
            while (!runner.closed) {
                Thread.onSpinWait();
            }

            assertThat(wide.isOpen()).isFalse();
        }
    }

    @Test
    void closingWaitsForASessionThatIsBeingOpened() throws Exception {
        HeldRunner runner = new HeldRunner();
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch mayOpen = new CountDownLatch(1);
        WideSession wide = allowed(
                () -> {
                    opening.countDown();
                    awaitUninterruptibly(mayOpen);
                    return runner;
                },
                Duration.ofDays(1));
        wide.tryRun(BATCH, workspace, WideSessionTest::doNothing);
        opening.await();

        Thread closing = start(wide::close);
        awaitState(closing, Thread.State.TIMED_WAITING);
        mayOpen.countDown();
        closing.join();

        assertThat(runner.closed).isTrue();
        assertThat(wide.tryRun(BATCH, workspace, WideSessionTest::doNothing)).isNull();
        assertThat(wide.isOpen()).isFalse();
    }

    private static WideSession allowed(BatchRunner.Opener opener, Duration idle) {
        WideSession wide = wide(opener, idle);
        wide.allow(true);
        return wide;
    }

    private static WideSession wide(BatchRunner.Opener opener, Duration idle) {
        return new WideSession(() -> RUNTIME.supervised(opener.open()), idle);
    }

    private static void doNothing() {}

    /** A session whose run lasts until the test releases it. */
    private static final class HeldRunner implements BatchRunner {
        final CountDownLatch running = new CountDownLatch(1);
        final CountDownLatch mayGoOn = new CountDownLatch(1);
        volatile boolean closed;

        @Override
        public TokenVectors run(TokenBatch batch, Workspace workspace, RunTermination termination) {
            running.countDown();
            await(mayGoOn);
            throw new InferenceException("thrown by a test", null);
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

    private interface Action {
        void run() throws Exception;
    }

    private static Thread start(Action action) {
        Thread thread = new Thread(() -> {
            try {
                action.run();
            } catch (Exception thrownByATest) {
                // Exceptions of a run do not matter here.
            }
        });
        thread.start();
        return thread;
    }

    private static void awaitState(Thread thread, Thread.State state) {
        while (thread.getState() != state) {
            Thread.onSpinWait();
        }
    }

    private static InferenceSession open() throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            return InferenceSession.open(RUNTIME, WEIGHTS, options, 0, false, GraphOutput.TOKENS);
        }
    }

    private static void awaitOpen(WideSession wide) {
        while (!wide.isOpen()) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            interrupted |= Thread.interrupted();
            Thread.onSpinWait();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
