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
        CallContext call = CallContext.begin(Optional.empty());
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
        CallContext call = CallContext.begin(Optional.empty());
        assertThatCode(call::check).doesNotThrowAnyException();

        call.end(End.CANCELLED);

        assertThat(call.isEnded()).isTrue();
        assertThatThrownBy(call::check).isInstanceOf(EmbeddingFailure.Cancelled.class);
    }

    @Test
    void endsAtItsDeadline() {
        CallContext call = CallContext.begin(Optional.of(Duration.ofMillis(5)));
        CompletableFuture<End> end = new CompletableFuture<>();
        call.onEnd(end::complete);

        call.watch(timer);

        assertThat(end).succeedsWithin(Duration.ofSeconds(50)).isEqualTo(End.EXPIRED);
        assertThatThrownBy(call::check)
                .isInstanceOf(EmbeddingFailure.DeadlineExceeded.class)
                .hasMessageContaining("within its 5 ms");
    }

    @Test
    void keepsTheDeadlineOfItsCaller() {
        CallContext call = CallContext.begin(Optional.of(Duration.ofMinutes(1)));

        RequestDeadline deadline = call.deadlineOr(Duration.ofHours(1), timer);

        assertThat(deadline.timeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(deadline.startNanos()).isEqualTo(call.startNanos());
    }

    @Test
    void hasOneDeadlineOnly() {
        CallContext call = CallContext.begin(Optional.empty());
        assertThat(call.deadline()).isEmpty();

        call.deadlineOr(Duration.ofMinutes(1), timer);
        call.deadlineOr(Duration.ofHours(1), timer);

        assertThat(call.deadline().map(RequestDeadline::timeout)).contains(Duration.ofMinutes(1));
        assertThat(timer.getQueue()).hasSize(1);
    }

    @Test
    void cancelsItsTimer() {
        timer.setRemoveOnCancelPolicy(true);
        CallContext call = CallContext.begin(Optional.of(Duration.ofHours(1)));
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
            CallContext call = CallContext.begin(Optional.empty());
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
