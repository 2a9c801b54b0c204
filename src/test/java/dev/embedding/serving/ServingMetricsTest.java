package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.BatchObserver;
import dev.embedding.batch.RerunCause;
import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.telemetry.EmbeddingMeters;
import dev.embedding.telemetry.RequestCounters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ServingMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RequestCounters counters = new RequestCounters();
    private final EmbeddingMeters meters = new EmbeddingMeters(registry, counters);
    private final ServingMetrics metrics = new ServingMetrics(meters);

    @BeforeEach
    void watchModel() {
        meters.watchModel("small", () -> 0);
    }

    @Test
    void timesARequestByDialectAndOutcome() {
        metrics.ended(call("openai"), Optional.of(FailureKind.TOO_LONG));
        metrics.ended(call("embed"), Optional.empty());

        assertThat(timer("openai", "too_long").count()).isEqualTo(1);
        assertThat(timer("embed", "success").count()).isEqualTo(1);
        assertThat(registry.find("embedding.request").timers()).hasSize(2);
    }

    @Test
    void recordsTheFirstEndOnly() {
        CallContext call = call("embed");

        metrics.ended(call, Optional.empty());
        metrics.ended(call, Optional.of(FailureKind.CANCELLED));

        assertThat(counters.snapshot().requests()).isEqualTo(1);
        assertThat(registry.find("embedding.request").timers()).hasSize(1);
    }

    @Test
    void countsTheTextsOfASuccessfulResponseOnly() {
        CallContext answered = call("embed");
        CallContext failed = call("embed");
        answered.leased("small");
        failed.leased("small");
        answered.computed(embeddings(3));
        failed.computed(embeddings(5));

        metrics.ended(answered, Optional.empty());
        metrics.ended(failed, Optional.of(FailureKind.INTERNAL_ERROR));

        assertThat(counters.snapshot().embeddings()).isEqualTo(3);
        assertThat(registry.get("embedding.cache")
                        .tags("model", "small", "outcome", "hit")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void labelsARequestWithTheModelOfItsLastLease() {
        CallContext moved = call("embed");
        moved.leased("other");
        moved.leased("small");

        metrics.ended(moved, Optional.empty());
        metrics.ended(call("embed"), Optional.of(FailureKind.UNKNOWN_MODEL));

        assertThat(requests("small", "success")).isEqualTo(1);
        assertThat(requests("(none)", "unknown_model")).isEqualTo(1);
        assertThat(registry.find("embedding.request").timers())
                .extracting(timer -> timer.getId().getTag("model"))
                .containsExactlyInAnyOrder("small", "(none)");
    }

    @Test
    void countsTheBatchesOfAModelUnderTheIdThatItHasAtTheMoment() {
        AtomicReference<Optional<String>> servedAs = new AtomicReference<>(Optional.empty());
        BatchObserver batches = metrics.batchesOf(servedAs::get);
        meters.watchModel("other", () -> 0);

        batches.computed(1, 10, 10, 1);
        batches.rerun(RerunCause.FAILED);
        servedAs.set(Optional.of("small"));
        batches.computed(1, 20, 20, 1);
        batches.rerun(RerunCause.OUT_OF_MEMORY);
        servedAs.set(Optional.of("other"));
        batches.computed(1, 30, 30, 1);

        assertThat(tokens("small")).isEqualTo(20);
        assertThat(tokens("other")).isEqualTo(30);
        assertThat(registry.find("embedding.batches.rerun").counters())
                .singleElement()
                .extracting(Counter::getId)
                .satisfies(id -> assertThat(id.getTags())
                        .containsExactly(Tag.of("cause", "out_of_memory"), Tag.of("model", "small")));
    }

    private double tokens(String model) {
        return registry.get("embedding.tokens").tag("model", model).counter().count();
    }

    private double requests(String model, String outcome) {
        return registry.get("embedding.requests")
                .tags("model", model, "outcome", outcome)
                .counter()
                .count();
    }

    private static Embeddings embeddings(int texts) {
        return new Embeddings(
                Collections.nCopies(texts, new float[1]),
                texts,
                List.of(),
                new Embeddings.VectorSpace("model", 1, "fingerprint"),
                Embeddings.Timings.NONE,
                new CacheCounts(2, 0, texts - 2, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "SATURATED, saturated, 1",
        "DEADLINE_EXCEEDED, deadline_exceeded, 1",
        "NO_MODEL, no_model, 1",
        "SHUTTING_DOWN, shutting_down, 1",
        "COMPUTATION_FAILED, failed, 1",
        "INTERNAL_ERROR, failed, 1",
        "SPACE_MISMATCH, space_mismatch, 0",
        "UNKNOWN_MODEL, unknown_model, 0",
        "UNKNOWN_PROMPT, unknown_prompt, 0",
        "NO_TOKENS, no_tokens, 0",
        "CANCELLED, cancelled, 0"
    })
    void countsValidRequestsByOutcome(FailureKind kind, String outcome, int failed) {
        metrics.ended(call("embed"), Optional.of(kind));

        assertThat(requests("(none)", outcome)).isEqualTo(1);
        assertThat(counters.snapshot().requests()).isEqualTo(1);
        assertThat(counters.snapshot().failed()).isEqualTo(failed);
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"INVALID_REQUEST", "MALFORMED_REQUEST", "UNAUTHENTICATED", "BODY_TIMEOUT", "BODY_TOO_LARGE"})
    void timesInvalidRequestsButDoesNotCountThem(FailureKind kind) {
        metrics.ended(call("embed"), Optional.of(kind));

        assertThat(counters.snapshot().requests()).isZero();
        assertThat(registry.find("embedding.requests").counters()).isEmpty();
        assertThat(registry.find("embedding.request").timers()).hasSize(1);
    }

    private static CallContext call(String dialect) {
        return CallContext.begin(dialect, Optional.empty());
    }

    private Timer timer(String dialect, String outcome) {
        return registry.get("embedding.request")
                .tags("dialect", dialect, "outcome", outcome)
                .timer();
    }
}
