package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.batch.Lanes.Work;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LanesTest {

    /** Work that is there from the start. */
    private static final class Stock implements Lanes.WorkSource {
        private final Queue<Work> works;

        Stock(Work... works) {
            this.works = new ArrayDeque<>(List.of(works));
        }

        @Override
        public @Nullable Work cut() {
            return works.poll();
        }

        @Override
        public boolean hasWaiting() {
            return !works.isEmpty();
        }
    }

    @Test
    void rejectsLessThanOneLane() {
        assertThatThrownBy(() -> Lanes.start(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There must be at least 1 lane, not 0");
    }

    @Test
    void asksEachSourceInTurn() {
        List<String> done = new ArrayList<>();
        Lanes lanes = new Lanes(1);
        lanes.attach(new Stock(run -> done.add("a1"), run -> done.add("a2")));
        lanes.attach(new Stock(run -> done.add("b1"), run -> done.add("b2")));

        while (lanes.runOne(0)) {
            assertThat(done).hasSizeLessThan(5);
        }

        assertThat(done).containsExactly("a1", "b1", "a2", "b2");
    }

    @Test
    void asksTheOtherSourceWhenTheOneInTurnHasNothing() {
        List<String> done = new ArrayList<>();
        Lanes lanes = new Lanes(1);
        lanes.attach(new Stock());
        lanes.attach(new Stock(run -> done.add("b1"), run -> done.add("b2")));

        while (lanes.runOne(0)) {
            assertThat(done).hasSizeLessThan(3);
        }

        assertThat(done).containsExactly("b1", "b2");
    }

    @Test
    void forgetsADetachedSource() {
        Lanes lanes = new Lanes(1);
        Stock stock = new Stock(run -> {});
        lanes.attach(stock);

        lanes.detach(stock);

        assertThat(lanes.runOne(0)).isFalse();
    }

    @Test
    void aLaneIsFreeAgainAfterWorkThatFails() {
        List<Boolean> alone = new ArrayList<>();
        Lanes lanes = new Lanes(1);
        lanes.attach(new Stock(
                run -> {
                    throw new IllegalStateException("broken");
                },
                run -> alone.add(run.alone())));
        assertThatThrownBy(() -> lanes.runOne(0)).hasMessage("broken");

        lanes.runOne(0);

        assertThat(alone).containsExactly(true);
    }

    @Test
    void finishesWhatWaitsBeforeItCloses() {
        CountDownLatch done = new CountDownLatch(3);
        Lanes lanes = Lanes.start(2);
        lanes.lock.lock();
        try {
            lanes.attach(new Stock(run -> done.countDown(), run -> done.countDown(), run -> done.countDown()));
        } finally {
            lanes.lock.unlock();
        }

        lanes.close();

        assertThat(done.getCount()).isZero();
    }
}
