package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.Lanes.Work;
import dev.embedding.batch.admission.Priority;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LanesTest {

    /** Source with a fixed list of work. */
    private static final class Stock implements Lanes.WorkSource {
        private final Deque<Work> works;

        Stock(Work... works) {
            this.works = new ArrayDeque<>(List.of(works));
        }

        @Override
        public @Nullable Work cut() {
            return works.poll();
        }

        @Override
        public @Nullable Work cutInteractive() {
            return canCutInteractive() ? works.poll() : null;
        }

        @Override
        public boolean hasWaiting() {
            return !works.isEmpty();
        }

        @Override
        public boolean canCut() {
            return hasWaiting();
        }

        @Override
        public boolean canCutInteractive() {
            return hasWaiting() && next() == Priority.INTERACTIVE;
        }

        @Override
        public Priority next() {
            return works.element().priority();
        }
    }

    private static Work interactive(Consumer<BatchRun> task) {
        return task::accept;
    }

    private static Work batch(Consumer<BatchRun> task) {
        return new Work() {
            @Override
            public void run(BatchRun run) {
                task.accept(run);
            }

            @Override
            public Priority priority() {
                return Priority.BATCH;
            }
        };
    }

    @Test
    void rejectsLessThanOneLane() {
        assertThatThrownBy(() -> Lanes.start(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There must be at least 1 lane, not 0");
    }

    @Test
    void servesSourcesRoundRobin() {
        List<String> done = new ArrayList<>();
        Lanes lanes = new Lanes(1, new HandClock());
        lanes.attach(new Stock(interactive(run -> done.add("a1")), interactive(run -> done.add("a2"))));
        lanes.attach(new Stock(interactive(run -> done.add("b1")), interactive(run -> done.add("b2"))));

        while (lanes.runOne(0)) {
            assertThat(done).hasSizeLessThan(5);
        }

        assertThat(done).containsExactly("a1", "b1", "a2", "b2");
    }

    /** Interactive work that is estimated and takes this time. */
    private static Work taking(long estimatedNanos, long nanos, Runnable task) {
        return new Work() {
            private long laneNanos = estimatedNanos;

            @Override
            public void run(BatchRun run) {
                task.run();
                laneNanos = nanos;
            }

            @Override
            public long laneNanos() {
                return laneNanos;
            }
        };
    }

    @Test
    void servesTheSourceThatUsedTheLeastLaneTime() {
        List<String> done = new ArrayList<>();
        Lanes lanes = new Lanes(1, new HandClock());
        lanes.attach(new Stock(taking(1, 30, () -> done.add("a1")), taking(1, 30, () -> done.add("a2"))));
        lanes.attach(new Stock(
                taking(99, 10, () -> done.add("b1")),
                taking(99, 10, () -> done.add("b2")),
                taking(99, 20, () -> done.add("b3")),
                taking(99, 10, () -> done.add("b4"))));

        while (lanes.runOne(0)) {
            assertThat(done).hasSizeLessThan(7);
        }

        assertThat(done).containsExactly("a1", "b1", "b2", "b3", "a2", "b4");
    }

    @Test
    void chargesARunningBatchByItsEstimate() {
        List<String> done = new ArrayList<>();
        Lanes lanes = new Lanes(2, new HandClock());
        lanes.attach(new Stock(
                taking(10, 10, () -> {
                    while (lanes.runOne(1)) {
                        assertThat(done).hasSizeLessThan(4);
                    }
                }),
                taking(10, 10, () -> done.add("a2"))));
        lanes.attach(new Stock(taking(6, 6, () -> done.add("b1")), taking(6, 6, () -> done.add("b2"))));

        lanes.runOne(0);

        assertThat(done).containsExactly("b1", "b2", "a2");
    }

    @Test
    void skipsASourceWithoutWork() {
        List<String> done = new ArrayList<>();
        Lanes lanes = new Lanes(1, new HandClock());
        lanes.attach(new Stock());
        lanes.attach(new Stock(interactive(run -> done.add("b1")), interactive(run -> done.add("b2"))));

        while (lanes.runOne(0)) {
            assertThat(done).hasSizeLessThan(3);
        }

        assertThat(done).containsExactly("b1", "b2");
    }

    @Test
    void ignoresADetachedSource() {
        Lanes lanes = new Lanes(1, new HandClock());
        Stock stock = new Stock(interactive(run -> {}));
        lanes.attach(stock);

        lanes.detach(stock);

        assertThat(lanes.runOne(0)).isFalse();
    }

    @Test
    void aLaneIsFreeAgainAfterWorkThatFails() {
        List<Boolean> alone = new ArrayList<>();
        Lanes lanes = new Lanes(1, new HandClock());
        lanes.attach(new Stock(
                interactive(run -> {
                    throw new IllegalStateException("broken");
                }),
                interactive(run -> alone.add(run.alone()))));
        assertThatThrownBy(() -> lanes.runOne(0)).hasMessage("broken");

        lanes.runOne(0);

        assertThat(alone).containsExactly(true);
    }

    @Test
    void aLaneContinuesAfterAnErrorInWorkAndInCutting() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        Stock stock = new Stock(
                run -> {
                    throw new OutOfMemoryError("thrown by a test");
                },
                run -> done.countDown());
        AtomicBoolean cutFails = new AtomicBoolean(true);
        Lanes lanes = Lanes.start(1);
        lanes.lock.lock();
        try {
            lanes.attach(new Lanes.WorkSource() {
                @Override
                public @Nullable Work cut() {
                    if (cutFails.getAndSet(false)) {
                        throw new OutOfMemoryError("thrown by a test");
                    }
                    return stock.cut();
                }

                @Override
                public @Nullable Work cutInteractive() {
                    return stock.cutInteractive();
                }

                @Override
                public boolean hasWaiting() {
                    return stock.hasWaiting();
                }

                @Override
                public boolean canCut() {
                    return stock.canCut();
                }

                @Override
                public boolean canCutInteractive() {
                    return stock.canCutInteractive();
                }

                @Override
                public Priority next() {
                    return stock.next();
                }
            });
            lanes.wake(1);
        } finally {
            lanes.lock.unlock();
        }

        done.await();

        assertThat(stock.hasWaiting()).isFalse();
        lanes.close();
    }

    @RepeatedTest(100)
    void replacesAStuckLaneAndDoesItsRemainingWorkFirst() throws InterruptedException {
        List<String> done = new CopyOnWriteArrayList<>();
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(2);
        Work hung = new Work() {
            @Override
            public void run(BatchRun run) {
                hanging.countDown();
                await(end);
                done.add("returned");
            }

            @Override
            public Work abandon() {
                return run -> {
                    done.add("rest");
                    others.countDown();
                };
            }
        };
        Lanes lanes = Lanes.start(1);
        lanes.lock.lock();
        try {
            lanes.attach(new Stock(hung, run -> {
                done.add("next");
                others.countDown();
            }));
            lanes.wake(1);
        } finally {
            lanes.lock.unlock();
        }
        hanging.await();

        lanes.replaceStuckLane(0);
        others.await();
        lanes.close();
        List<String> whileStuck = List.copyOf(done);
        end.countDown();

        assertThat(whileStuck).containsExactly("rest", "next");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void finishesWaitingWorkBeforeItCloses() {
        CountDownLatch done = new CountDownLatch(3);
        Lanes lanes = Lanes.start(2);
        lanes.lock.lock();
        try {
            lanes.attach(new Stock(
                    interactive(run -> done.countDown()),
                    interactive(run -> done.countDown()),
                    interactive(run -> done.countDown())));
        } finally {
            lanes.lock.unlock();
        }

        lanes.close();

        assertThat(done.getCount()).isZero();
    }

    // The express lane

    private static final int LANE = 0;
    private static final int EXPRESS = 1;

    @Test
    void computesInteractiveRowsBesideALaneThatIsBusyWithBatchRows() {
        List<BatchRun> express = new ArrayList<>();
        Lanes lanes = new Lanes(1, new HandClock());
        lanes.attach(new Stock(batch(run -> assertThat(lanes.runOne(EXPRESS)).isTrue()), interactive(express::add)));

        lanes.runOne(LANE);

        assertThat(express).containsExactly(new BatchRun(EXPRESS, false));
    }

    @Test
    void theExpressLaneServesTheSourceThatUsedTheLeastLaneTime() {
        List<String> done = new ArrayList<>();
        Lanes lanes = new Lanes(1, new HandClock());
        Stock first = new Stock(taking(5, 5, () -> done.add("a1")), taking(5, 5, () -> done.add("a2")));
        Stock second = new Stock(taking(9, 9, () -> done.add("b1")), taking(9, 9, () -> done.add("b2")));
        lanes.attach(new Stock(batch(run -> {
            lanes.attach(first);
            lanes.attach(second);
            while (lanes.runOne(EXPRESS)) {
                assertThat(done).hasSizeLessThan(5);
            }
        })));

        lanes.runOne(LANE);

        assertThat(done).containsExactly("a1", "b1", "a2", "b2");
    }

    /** After a quarter of a second, and the turn that the second source has at first, its queries wait. */
    @Test
    void interactiveRowsGoBeforeTheirSourcesTurnUntilTheyUsedTheirPart() {
        List<String> done = new ArrayList<>();
        HandClock clock = new HandClock();
        Lanes lanes = new Lanes(1, clock);
        Work[] batches = new Work[20];
        Arrays.fill(batches, batch(run -> done.add("batch")));
        Stock ingest = new Stock(batches);
        Work[] queries = new Work[20];
        Arrays.setAll(queries, number -> taking(100_000_000, 100_000_000, () -> done.add("query")));
        Stock small = new Stock(queries);
        lanes.attach(ingest);
        lanes.share(ingest, 100);
        lanes.attach(small);

        for (int work = 0; work < 7; work++) {
            lanes.runOne(LANE);
        }
        assertThat(done).containsExactly("query", "query", "query", "batch", "query", "batch", "batch");
        clock.advance(Duration.ofMillis(251));
        lanes.runOne(LANE);
        lanes.runOne(LANE);

        assertThat(done.subList(7, 9)).containsExactly("query", "batch");
    }

    @Test
    void theExpressLaneComputesNoBatchRows() {
        Lanes lanes = new Lanes(1, new HandClock());
        Stock stock = new Stock(batch(run -> assertThat(lanes.runOne(EXPRESS)).isFalse()), batch(run -> {}));
        lanes.attach(stock);

        lanes.runOne(LANE);

        assertThat(stock.hasWaiting()).isTrue();
    }

    @Test
    void theExpressLaneIsIdleWhileALaneIsFree() {
        Lanes lanes = new Lanes(2, new HandClock());
        lanes.attach(
                new Stock(batch(run -> assertThat(lanes.runOne(lanes.express())).isFalse()), interactive(run -> {})));

        assertThat(lanes.runOne(lanes.express())).isFalse();
        assertThat(lanes.runOne(LANE)).isTrue();
    }

    @Test
    void theExpressLaneIsIdleWhileInteractiveRowsKeepAllLanesBusy() {
        Lanes lanes = new Lanes(1, new HandClock());
        lanes.attach(
                new Stock(interactive(run -> assertThat(lanes.runOne(EXPRESS)).isFalse()), interactive(run -> {})));

        assertThat(lanes.runOne(LANE)).isTrue();
    }

    @Test
    void aLaneDoesNotRunAloneWhileTheExpressLaneIsBusy() {
        List<Boolean> alone = new ArrayList<>();
        Lanes lanes = new Lanes(1, new HandClock());
        Stock later = new Stock(batch(run -> alone.add(run.alone())));
        List<Boolean> ran = new ArrayList<>();
        CountDownLatch expressRuns = new CountDownLatch(1);
        CountDownLatch laneIsFree = new CountDownLatch(1);
        lanes.attach(new Stock(
                batch(run -> {
                    new Thread(() -> lanes.runOne(EXPRESS)).start();
                    await(expressRuns);
                }),
                interactive(run -> {
                    expressRuns.countDown();
                    await(laneIsFree);
                })));

        lanes.runOne(LANE);
        lanes.attach(later);
        ran.add(lanes.runOne(LANE));
        laneIsFree.countDown();

        assertThat(ran).containsExactly(true);
        assertThat(alone).containsExactly(false);
    }

    @RepeatedTest(20)
    void wakesTheExpressLaneForInteractiveRowsWhileAllLanesAreBusyWithBatchRows() {
        CountDownLatch lanesAreBusy = new CountDownLatch(2);
        CountDownLatch computed = new CountDownLatch(1);
        Consumer<BatchRun> waits = run -> {
            lanesAreBusy.countDown();
            await(computed);
        };
        Lanes lanes = Lanes.start(2);
        Stock ingest = new Stock(batch(waits), batch(waits));
        attach(lanes, ingest, 2);
        await(lanesAreBusy);

        attach(lanes, new Stock(interactive(run -> computed.countDown())), 1);
        await(computed);
        lanes.close();

        assertThat(ingest.hasWaiting()).isFalse();
    }

    private static void attach(Lanes lanes, Stock stock, int rows) {
        lanes.lock.lock();
        try {
            lanes.attach(stock);
            lanes.wake(rows);
        } finally {
            lanes.lock.unlock();
        }
    }
}
