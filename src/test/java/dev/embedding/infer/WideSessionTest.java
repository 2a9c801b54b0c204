package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.ReferenceModel;
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
    void doesNotKeepTheFirstRunWaiting() throws Exception {
        CountDownLatch mayOpen = new CountDownLatch(1);
        try (WideSession wide = new WideSession(
                () -> {
                    await(mayOpen);
                    return open();
                },
                Duration.ofDays(1))) {
            TokenVectors whileOpening = wide.tryRun(BATCH, workspace);
            mayOpen.countDown();
            awaitOpen(wide);

            assertThat(whileOpening).isNull();
            assertThat(wide.tryRun(BATCH, workspace)).isNotNull();
        }
    }

    @Test
    void isOpenedOnce() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        try (WideSession wide = new WideSession(
                () -> {
                    opened.incrementAndGet();
                    return open();
                },
                Duration.ofDays(1))) {
            for (int run = 0; run < 100; run++) {
                wide.tryRun(BATCH, workspace);
            }
            awaitOpen(wide);
            wide.tryRun(BATCH, workspace);
        }

        assertThat(opened).hasValue(1);
    }

    @Test
    void isClosedWhenUnusedAndOpenedAgainWhenWanted() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        try (WideSession wide = new WideSession(
                () -> {
                    opened.incrementAndGet();
                    return open();
                },
                Duration.ofMillis(1))) {
            while (opened.get() < 3) {
                if (!wide.isOpen()) {
                    wide.tryRun(BATCH, workspace);
                }
            }
        }

        assertThat(opened.get()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void isNotTriedAgainWhenItCannotBeOpened() throws Exception {
        AtomicInteger tried = new AtomicInteger();
        CountDownLatch failed = new CountDownLatch(1);
        try (WideSession wide = new WideSession(
                () -> {
                    tried.incrementAndGet();
                    failed.countDown();
                    throw new InferenceException("thrown by a test", null);
                },
                Duration.ofDays(1))) {
            wide.tryRun(BATCH, workspace);
            failed.await();
            for (int run = 0; run < 1_000; run++) {
                assertThat(wide.tryRun(BATCH, workspace)).isNull();
            }
        }

        assertThat(tried).hasValue(1);
    }

    @Test
    void canBeClosedWhileItIsBeingOpened() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch mayOpen = new CountDownLatch(1);
        CountDownLatch opened = new CountDownLatch(1);
        WideSession wide = new WideSession(
                () -> {
                    opening.countDown();
                    awaitUninterruptibly(mayOpen);
                    InferenceSession session = open();
                    opened.countDown();
                    return session;
                },
                Duration.ofDays(1));
        wide.tryRun(BATCH, workspace);
        opening.await();

        wide.close();
        mayOpen.countDown();
        opened.await();

        assertThat(wide.tryRun(BATCH, workspace)).isNull();
        assertThat(wide.isOpen()).isFalse();
    }

    private static InferenceSession open() throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            return InferenceSession.open(RUNTIME, WEIGHTS, options, 0, false);
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
