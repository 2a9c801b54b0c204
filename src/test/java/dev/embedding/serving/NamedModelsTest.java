package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.serving.ModelChoice.ModelName;
import dev.embedding.serving.ModelRegistry.Entry;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.telemetry.EmbeddingMeters;
import dev.embedding.telemetry.RequestCounters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests to two models in one process, which swap their ids while they run. */
@Timeout(60)
class NamedModelsTest {

    private static final String TEXT = "Hello world";
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private final SimpleMeterRegistry meterRegistry = new SimpleMeterRegistry();
    private final EmbeddingMeters meters = new EmbeddingMeters(meterRegistry, new RequestCounters());
    private final ServingMetrics metrics = new ServingMetrics(meters);
    private final SmallModels models = SmallModels.observedBy(metrics);
    private final ModelRegistry registry = new ModelRegistry("default");
    private final InferenceService inference =
            new InferenceService(registry, models.host().workers(), VectorCache.off());
    private final LoadedModel bert = models.load("bert-cls-normalize");
    private final LoadedModel distilbert = models.load("distilbert-mean");

    @BeforeEach
    void watchModels() {
        meters.watchModel("default", () -> 0);
        meters.watchModel("green", () -> 0);
    }

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    /** Requests by any name, with and without a pin: the vectors are of one space, and it is the right one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void vectorsAreOfTheNamedAndPinnedModelWhateverItsId(long seed) {
        Random random = new Random(seed);
        float[] ofBert = SmallModels.embed(bert, PlainOptions.of(true), TEXT);
        float[] ofDistilbert = SmallModels.embed(distilbert, PlainOptions.of(true), TEXT);
        for (int step = 0; step < 40; step++) {
            boolean swapped = random.nextBoolean();
            serve(swapped ? distilbert : bert, swapped ? bert : distilbert);
            List<String> names = List.of("", "default", "first", "green", "second", "bert-cls-normalize", "nope");
            String name = names.get(random.nextInt(names.size()));
            Optional<LoadedModel> pinned =
                    random.nextInt(3) == 0 ? Optional.empty() : Optional.of(random.nextBoolean() ? bert : distilbert);

            Optional<LoadedModel> named = expected(name, swapped);
            Optional<String> pin = pinned.map(NamedModelsTest::space);
            String context = "seed %d, step %d: name %s, pin %s".formatted(seed, step, name, pin);
            if (name.equals("nope")) {
                assertThat(refusal(name, pin).kind()).as(context).isEqualTo(FailureKind.UNKNOWN_MODEL);
            } else if (named.isPresent() && pinned.isPresent() && !named.equals(pinned)) {
                assertThat(refusal(name, pin).kind()).as(context).isEqualTo(FailureKind.SPACE_MISMATCH);
            } else {
                LoadedModel answering = named.or(() -> pinned).orElse(swapped ? distilbert : bert);
                Embeddings embeddings = embed(name, pin);
                assertThat(embeddings.space().fingerprint()).as(context).isEqualTo(space(answering));
                assertThat(embeddings.space().modelName()).as(context).isEqualTo(answering.name());
                assertThat(embeddings.vectors().get(0))
                        .as(context)
                        .containsExactly(answering.equals(bert) ? ofBert : ofDistilbert);
            }
        }
    }

    private Optional<LoadedModel> expected(String name, boolean swapped) {
        return switch (name) {
            case "default", "first" -> Optional.of(swapped ? distilbert : bert);
            case "green", "second" -> Optional.of(swapped ? bert : distilbert);
            case "bert-cls-normalize" -> Optional.of(bert);
            default -> Optional.empty();
        };
    }

    @Test
    void countsRequestsAndBatchesUnderTheIdOfTheirModel() {
        bert.encode(List.of(TEXT), PATIENCE);
        assertThat(batches("default") + batches("green"))
                .as("of a check before it is served")
                .isZero();

        serve(bert, distilbert);
        ended("green");
        ended("second");
        ended("");
        serve(distilbert, bert);
        ended("default");

        assertThat(requests("green")).isEqualTo(2);
        assertThat(requests("default")).isEqualTo(2);
        assertThat(batches("green")).isEqualTo(2);
        assertThat(batches("default")).isEqualTo(2);
    }

    @Test
    void aRequestWithoutAModelIsCountedUnderNone() {
        serve(bert, distilbert);
        CallContext call = CallContext.begin("embed", Optional.empty());

        RequestFailure refused = catchThrowableOfType(RequestFailure.class, () -> inference
                .embed(request("nope", Optional.empty()), call)
                .await()
                .atMost(PATIENCE));
        metrics.ended(call, Optional.of(refused.kind()));

        assertThat(requests("(none)")).isEqualTo(1);
    }

    @Test
    void aRefusedCallKnowsTheSpaceOfTheModelThatItNames() {
        serve(bert, distilbert);

        assertThat(spaceAfterRefusal("green", Optional.of(space(bert)))).contains(space(distilbert));
        assertThat(spaceAfterRefusal("", Optional.of("0".repeat(32)))).contains(space(bert));
        assertThat(spaceAfterRefusal("nope", Optional.empty())).isEmpty();
    }

    private Optional<String> spaceAfterRefusal(String name, Optional<String> required) {
        CallContext call = CallContext.begin("embed", Optional.empty());
        assertThatExceptionOfType(RequestFailure.class)
                .isThrownBy(() ->
                        inference.embed(request(name, required), call).await().atMost(PATIENCE));
        return call.space();
    }

    private void serve(LoadedModel first, LoadedModel second) {
        registry.serve(Map.of(
                "default",
                Entry.of(first, new ServingOptions(true, List.of("first"), List.of())),
                "green",
                Entry.of(second, new ServingOptions(true, List.of("second"), List.of()))));
    }

    private static String space(LoadedModel model) {
        return model.fingerprint(true);
    }

    private void ended(String name) {
        CallContext call = CallContext.begin("embed", Optional.empty());
        inference.embed(request(name, Optional.empty()), call).await().atMost(PATIENCE);
        metrics.ended(call, Optional.empty());
    }

    private Embeddings embed(String name, Optional<String> space) {
        return Requests.embed(inference, request(name, space)).await().atMost(PATIENCE);
    }

    private RequestFailure refusal(String name, Optional<String> space) {
        return catchThrowableOfType(RequestFailure.class, () -> embed(name, space));
    }

    private static EmbeddingRequest request(String name, Optional<String> space) {
        return new EmbeddingRequest(
                Input.ofTexts(List.of(TEXT)),
                new EmbeddingOptions(
                        Optional.of(new ModelName(name, true)), PromptChoice.USUAL, OptionalInt.empty(), false),
                PriorityChoice.BY_SIZE,
                space,
                Optional.of(""));
    }

    private double requests(String model) {
        return meterRegistry.find("embedding.requests").tag("model", model).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private long batches(String model) {
        return meterRegistry.get("embedding.infer").tag("model", model).timer().count();
    }
}
