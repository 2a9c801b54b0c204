package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.serving.CallContext.End;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.LoadedModel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of callers that disconnect at any moment: nothing is computed for them, and all resources are released. */
@Timeout(120)
class LeavingCallersTest {

    private static final long LONG = TimeUnit.SECONDS.toNanos(50);

    private final SmallModels models = new SmallModels();
    private final ModelRegistry registry = new ModelRegistry("default");
    private final DefaultModel active = new DefaultModel(registry);
    private final InferenceService inference =
            new InferenceService(registry, models.host().workers(), VectorCache.off());

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @Test
    void doesNothingForACallThatHasEnded() throws InterruptedException {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));
        CallContext call = CallContext.begin("test", Optional.empty());
        call.end(End.CANCELLED);

        inference.embed(Requests.of(List.of("text")), call).subscribe().with(embeddings -> {});

        assertThat(model.batcher().backlog().tokens()).isZero();
        assertThat(model.queuedTokens()).isZero();
        active.retire().orElseThrow().awaitReleased(LONG);
    }

    @Test
    void releasesEverythingWheneverACallerCancels() throws InterruptedException {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));
        Random random = new Random(1);
        for (int round = 0; round < 1_000; round++) {
            CallContext call = CallContext.begin("test", Optional.empty());
            long nanos = random.nextInt(2_000_000);
            CountDownLatch gone = new CountDownLatch(1);
            Thread leaving = new Thread(() -> {
                long until = System.nanoTime() + nanos;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                call.end(End.CANCELLED);
                gone.countDown();
            });
            leaving.start();

            inference
                    .embed(Requests.of(List.of("a text", "another one", "x ".repeat(3_000))), call)
                    .subscribe()
                    .with(embeddings -> {}, failure -> {});

            assertThat(gone.await(50, TimeUnit.SECONDS)).isTrue();
        }

        embedOne();
        assertThat(model.queuedTokens()).isZero();
        assertThat(model.batcher().backlog().tokens()).isZero();
        long start = System.nanoTime();
        active.retire().orElseThrow().awaitReleased(LONG);
        assertThat(System.nanoTime() - start).as("a lease is still held").isLessThan(LONG);
    }

    /** The swap makes a request start again under another lease. */
    @Test
    void releasesEverythingWhileTheModelIsReplaced() throws InterruptedException {
        LoadedModel first = models.load("distilbert-mean");
        LoadedModel second = models.load("bert-cls-normalize");
        active.serve(first, PlainOptions.of(true));
        embedOne();
        CountDownLatch begin = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(64);
        Random random = new Random(2);
        for (int caller = 0; caller < 64; caller++) {
            long micros = random.nextInt(20_000);
            new Thread(() -> {
                        CallContext call = CallContext.begin("test", Optional.empty());
                        await(begin);
                        inference
                                .embed(Requests.of(List.of("x ".repeat(500), "another")), call)
                                .subscribe()
                                .with(embeddings -> {}, failure -> {});
                        sleepMicros(micros);
                        call.end(End.CANCELLED);
                        over.countDown();
                    })
                    .start();
        }

        begin.countDown();
        sleepMicros(3_000);
        RetiredModel replaced = active.serve(second, PlainOptions.of(true)).orElseThrow();
        first.handOver();

        assertThat(over.await(50, TimeUnit.SECONDS)).isTrue();
        long start = System.nanoTime();
        replaced.awaitReleased(LONG);
        active.retire().orElseThrow().awaitReleased(LONG);
        assertThat(System.nanoTime() - start).as("a lease is still held").isLessThan(LONG);
        assertThat(second.batcher().backlog().tokens()).isZero();
    }

    private void embedOne() {
        assertThat(Requests.embed(inference, Requests.of(List.of("one")))
                        .await()
                        .atMost(Duration.ofSeconds(50))
                        .vectors())
                .hasSize(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sleepMicros(long micros) {
        long until = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }
}
