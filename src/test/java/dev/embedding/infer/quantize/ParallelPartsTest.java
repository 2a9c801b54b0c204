package dev.embedding.infer.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ParallelPartsTest {

    private static final int PARTS = 100;

    private final Queue<Integer> done = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void runsEachPartOnce(int threads) {
        new ParallelParts(threads, () -> {}).run(PARTS, done::add);

        assertThat(done)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, PARTS).boxed().toList());
    }

    @Test
    void overlapsParts() {
        CountDownLatch both = new CountDownLatch(2);

        new ParallelParts(2, () -> {}).run(2, index -> {
            both.countDown();
            await(both);
            done.add(index);
        });

        assertThat(done).hasSize(2);
    }

    @Test
    void stopsWhenAPartFails() {
        assertThatThrownBy(() -> new ParallelParts(2, () -> {}).run(Integer.MAX_VALUE, index -> {
                    if (index == PARTS) {
                        throw new IllegalStateException("failed");
                    }
                }))
                .hasMessage("failed");
    }

    @Test
    void stopsWhenThePauseFails() {
        Runnable pause = () -> {
            throw new IllegalStateException("stopped");
        };

        assertThatThrownBy(() -> new ParallelParts(2, pause).run(Integer.MAX_VALUE, index -> {}))
                .hasMessage("stopped");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
