package dev.embedding.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EmbeddingMetersTest {

    private static final ModelLabels BLUE = new ModelLabels("org/blue", "b".repeat(32), "cpu", "CPUExecutionProvider");
    private static final ModelLabels GREEN = new ModelLabels("org/green", "a".repeat(32), "cpu", "none");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RequestCounters counters = new RequestCounters();
    private final EmbeddingMeters meters = new EmbeddingMeters(registry, counters);

    @Test
    void publishesTheMetersOfAnIdBeforeItsModelIsLoaded() {
        meters.watchModel("small", () -> 7);

        assertThat(registry.get("embedding.tokens")
                        .tag("model", "small")
                        .counter()
                        .count())
                .isZero();
        assertThat(registry.get("embedding.queue.tokens")
                        .tag("model", "small")
                        .gauge()
                        .value())
                .isEqualTo(7);
        assertThat(registry.find("embedding.model.info").gauges()).isEmpty();
    }

    @Test
    void keepsTheCountsOfAnIdThatIsWatchedAgain() {
        meters.watchModel("small", () -> 7);
        meters.batchComputed("small", 2, 10, 12, 1_000);

        meters.watchModel("small", () -> 8);

        assertThat(registry.get("embedding.tokens")
                        .tag("model", "small")
                        .counter()
                        .count())
                .isEqualTo(10);
    }

    @Test
    void describesTheModelThatIsServedUnderEachId() {
        meters.watchModel("default", () -> 0);
        meters.watchModel("next", () -> 0);
        meters.modelServed("default", BLUE);
        meters.modelServed("next", GREEN);

        meters.modelServed("default", GREEN);
        meters.modelServed("next", BLUE);

        assertThat(registry.find("embedding.model.info").gauges())
                .extracting(Gauge::getId)
                .extracting(id -> id.getTag("model") + " " + id.getTag("name") + " " + id.getTag("fingerprint"))
                .containsExactlyInAnyOrder(
                        "default org/green " + GREEN.fingerprint(), "next org/blue " + BLUE.fingerprint());
        assertThat(registry.find("embedding.model.info").gauges()).allMatch(gauge -> gauge.value() == 1);
    }

    @Test
    void removesAllMetersOfAnId() {
        int before = registry.getMeters().size();
        recordAll("small");
        assertThat(labels()).containsExactly("small");

        meters.modelRemoved("small");

        assertThat(registry.getMeters()).hasSize(before);
    }

    @Test
    @SuppressWarnings("deprecation") // It is the registry that Quarkus has.
    void exposesNothingOfARemovedIdToPrometheus() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        EmbeddingMeters exposed = new EmbeddingMeters(prometheus, counters);
        recordAll(exposed, "small");
        recordAll(exposed, "large");
        assertThat(prometheus.scrape())
                .contains("embedding_model_info{device=\"cpu\",", "model=\"small\"", "model=\"large\"");

        exposed.modelRemoved("small");

        assertThat(prometheus.scrape()).doesNotContain("small").contains("model=\"large\"");
    }

    @Test
    void countsRequestsOfARemovedIdWithoutAModelAndItsBatchesNowhere() {
        meters.watchModel("small", () -> 0);
        meters.modelRemoved("small");

        meters.batchComputed("small", 1, 1, 1, 1);
        meters.batchRerun("small", "failed");
        meters.embedded(Optional.of("small"), 3, 1);
        meters.cacheUsed(Optional.of("small"), 1, 1, 1, 1);
        meters.requestTimed(Optional.of("small"), "embed", "success", 1);
        meters.requestSucceeded(Optional.of("small"), 1);

        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .contains("embedding.request", "embedding.requests")
                .allMatch(name -> name.startsWith("embedding.request"));
        assertThat(labels()).containsExactly("(none)");
        assertThat(counters.snapshot().embeddings()).isEqualTo(3);
        assertThat(counters.snapshot().requests()).isEqualTo(1);
    }

    @Test
    void countsAnIdThatIsServedAgainFromZero() {
        recordAll("small");
        meters.modelRemoved("small");

        recordAll("small");

        assertThat(registry.get("embedding.tokens")
                        .tag("model", "small")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    /** Whatever comes in which order: the labels are the served ids, and no request is lost. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void labelsAreBoundedByTheServedIds(long seed) {
        Random random = new Random(seed);
        Set<String> served = new HashSet<>();
        int requests = 0;
        for (int step = 0; step < 2_000; step++) {
            String id = "model-" + random.nextInt(50);
            switch (random.nextInt(4)) {
                case 0 -> {
                    meters.watchModel(id, () -> 0);
                    meters.modelServed(id, random.nextBoolean() ? BLUE : GREEN);
                    served.add(id);
                }
                case 1 -> {
                    meters.modelRemoved(id);
                    served.remove(id);
                }
                case 2 -> {
                    meters.requestSucceeded(Optional.of(id).filter(name -> random.nextBoolean()), 1);
                    requests++;
                }
                default -> meters.batchComputed(id, 1, 1, 1, 1);
            }
        }

        Set<String> expected = new HashSet<>(served);
        expected.add("(none)");
        assertThat(labels()).as("seed %d", seed).isEqualTo(expected);
        assertThat(registry.find("embedding.model.info").gauges())
                .as("seed %d", seed)
                .hasSameSizeAs(served);
        assertThat(counters.snapshot().requests()).as("seed %d", seed).isEqualTo(requests);
    }

    @Test
    void leavesNoMeterOfAnIdThatIsRemovedWhileItCounts() throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch counting = new CountDownLatch(2);
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
            threads.add(new Thread(() -> {
                counting.countDown();
                for (int event = 0; !done.get(); event++) {
                    meters.requestFailed(Optional.of("small"), "outcome-" + event % 20);
                    meters.batchRerun("small", "cause-" + event % 20);
                }
            }));
        }
        threads.forEach(Thread::start);
        counting.await();

        for (int turn = 0; turn < 200; turn++) {
            meters.watchModel("small", () -> 0);
            meters.modelServed("small", BLUE);
            meters.modelRemoved("small");
        }
        done.set(true);
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(labels()).containsExactly("(none)");
    }

    private void recordAll(String id) {
        recordAll(meters, id);
    }

    private static void recordAll(EmbeddingMeters meters, String id) {
        meters.watchModel(id, () -> 0);
        meters.modelServed(id, BLUE);
        meters.batchComputed(id, 1, 1, 1, 1);
        meters.batchRerun(id, "failed");
        meters.embedded(Optional.of(id), 1, 1);
        meters.cacheUsed(Optional.of(id), 1, 1, 1, 1);
        meters.requestTimed(Optional.of(id), "embed", "success", 1);
        meters.requestSucceeded(Optional.of(id), 1);
        meters.requestFailed(Optional.of(id), "saturated");
        meters.requestRejected(Optional.of(id), "too_long");
    }

    private Set<String> labels() {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getTag("model"))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }
}
