package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.serving.CallContext.End;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallContextTest {

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final List<String> heard = new ArrayList<>();

    @AfterEach
    void close() {
        timer.shutdownNow();
    }

    @Test
    void runsHooksOnceInReverseOrder() {
        CallContext call = CallContext.begin("test", Optional.empty());
        call.onEnd(end -> heard.add("first " + end));
        call.onEnd(end -> heard.add("second " + end));

        boolean ended = call.end(End.CANCELLED);
        boolean again = call.end(End.DONE);
        call.onEnd(end -> heard.add("late " + end));

        assertThat(ended).isTrue();
        assertThat(again).isFalse();
        assertThat(heard).containsExactly("second CANCELLED", "first CANCELLED", "late CANCELLED");
    }

    @Test
    void checkThrowsOnceItHasEnded() {
        CallContext call = CallContext.begin("test", Optional.empty());
        assertThatCode(call::check).doesNotThrowAnyException();

        call.end(End.CANCELLED);

        assertThat(call.isEnded()).isTrue();
        assertThatThrownBy(call::check).is(Requests.failureOf(FailureKind.CANCELLED));
    }

    @Test
    void endsAtItsDeadline() {
        CallContext call = CallContext.begin("test", Optional.of(Duration.ofMillis(5)));
        CompletableFuture<End> end = new CompletableFuture<>();
        call.onEnd(end::complete);

        call.watch(timer);

        assertThat(end).succeedsWithin(Duration.ofSeconds(50)).isEqualTo(End.EXPIRED);
        assertThatThrownBy(call::check)
                .is(Requests.failureOf(FailureKind.DEADLINE_EXCEEDED))
                .hasMessageContaining("within its 5 ms");
    }

    @Test
    void keepsTheDeadlineOfItsCaller() {
        CallContext call = CallContext.begin("test", Optional.of(Duration.ofMinutes(1)));

        long deadlineNanos = call.deadlineOr(Duration.ofHours(1), timer);

        assertThat(call.millisLeft()).isBetween(1L, 60_000L);
        assertThat(deadlineNanos - System.nanoTime()).isBetween(1L, TimeUnit.MINUTES.toNanos(1));
    }

    @Test
    void hasOneDeadlineOnly() {
        CallContext call = CallContext.begin("test", Optional.empty());
        assertThat(call.millisLeft()).isEqualTo(Long.MAX_VALUE);

        long first = call.deadlineOr(Duration.ofMinutes(1), timer);
        long second = call.deadlineOr(Duration.ofHours(1), timer);

        assertThat(second).isEqualTo(first);
        assertThat(timer.getQueue()).hasSize(1);
    }

    @Test
    void isRecordedOnce() {
        CallContext call = CallContext.begin("test", Optional.empty());

        assertThat(call.record()).isTrue();
        assertThat(call.record()).isFalse();
    }

    @Test
    void cancelsItsTimer() {
        timer.setRemoveOnCancelPolicy(true);
        CallContext call = CallContext.begin("test", Optional.of(Duration.ofHours(1)));
        call.watch(timer);

        call.end(End.DONE);
        call.watch(timer);

        assertThat(timer.getQueue()).isEmpty();
    }

    /** Hooks that are registered while the call ends on another thread. */
    @Test
    void runsEachHookExactlyOnce() throws InterruptedException {
        var threads = Executors.newFixedThreadPool(2);
        for (int round = 0; round < 2_000; round++) {
            CallContext call = CallContext.begin("test", Optional.empty());
            AtomicInteger told = new AtomicInteger();
            CountDownLatch both = new CountDownLatch(2);
            threads.execute(() -> {
                call.end(End.CANCELLED);
                both.countDown();
            });
            threads.execute(() -> {
                for (int hook = 0; hook < 10; hook++) {
                    call.onEnd(end -> told.incrementAndGet());
                }
                both.countDown();
            });

            assertThat(both.await(50, TimeUnit.SECONDS)).isTrue();
            assertThat(told).hasValue(10);
        }
        threads.shutdown();
    }
}
