package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.embedding.batch.MicroBatcher;
import dev.embedding.batch.admission.Priority;
import dev.embedding.fixture.Gate;
import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.Output;
import dev.embedding.tokenize.TokenizedText;
import dev.embedding.vector.VectorNorm;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that repeated and concurrent equal texts are computed once. */
@Timeout(60)
class CachedVectorsTest {

    private final Gate lane = new Gate();
    private final AtomicInteger rowsComputed = new AtomicInteger();
    private final SmallModels models =
            new SmallModels(VectorCache.ofBytes(1_000_000), (rows, tokens, paddedTokens, nanos) -> {
                rowsComputed.addAndGet(rows);
                lane.pass();
            });
    private final ModelRegistry registry = new ModelRegistry("default");
    private final DefaultModel active = new DefaultModel(registry);
    private final InferenceService inference =
            new InferenceService(registry, models.host().workers(), models.cache());

    @AfterEach
    void close() throws InterruptedException {
        lane.open();
        models.close();
    }

    @Test
    void returnsTheSameVectorForARepeatedText() {
        serve("distilbert-mean");
        Embeddings first = embed("one", "long ".repeat(500), "two");

        Embeddings second = embed("two", "long ".repeat(500), "one");

        assertThat(rowsComputed).hasValue(3);
        assertThat(second.vectors())
                .containsExactly(
                        first.vectors().get(2),
                        first.vectors().get(1),
                        first.vectors().get(0));
        assertThat(second.tokens()).isEqualTo(first.tokens());
        assertThat(second.truncated()).containsExactly(1);
        assertThat(second.space()).isEqualTo(first.space());
        assertThat(second.sources()).isEqualTo(new CacheCounts(3, 0, 0, 0));
    }

    @Test
    void computesOnlyMissingTexts() {
        serve("distilbert-mean");
        Embeddings known = embed("one");

        Embeddings both = embed("long ".repeat(500), "one", "two", "long ".repeat(501));

        assertThat(rowsComputed).hasValue(4);
        assertThat(both.vectors().get(1)).isEqualTo(known.vectors().get(0));
        assertThat(both.vectors().get(2)).isEqualTo(embed("two").vectors().get(0));
        assertThat(both.truncated()).containsExactly(0, 3);
        assertThat(both.sources()).isEqualTo(new CacheCounts(1, 0, 3, 0));
    }

    @Test
    void computesEqualTextsOfOneRequestOnce() {
        serve("distilbert-mean");

        Embeddings embeddings = embed("one", "two", "one");

        assertThat(rowsComputed).hasValue(2);
        assertThat(embeddings.vectors().get(2)).isEqualTo(embeddings.vectors().get(0));
        assertThat(embeddings.sources()).isEqualTo(new CacheCounts(0, 1, 2, 0));
    }

    @Test
    void computesEqualTextsOfRequestsAtTheSameTimeOnce() throws Exception {
        serve("distilbert-mean");
        CompletableFuture<Embeddings> held = holdTheLaneWith("other");
        List<CompletableFuture<Embeddings>> answers = new ArrayList<>();
        for (int caller = 0; caller < 10; caller++) {
            answers.add(later("equal"));
        }

        lane.open();

        for (CompletableFuture<Embeddings> answer : answers) {
            assertThat(answer.get().vectors().get(0))
                    .isEqualTo(answers.get(0).get().vectors().get(0));
        }
        assertThat(held.get().vectors()).hasSize(1);
        assertThat(rowsComputed).hasValue(2);
    }

    @Test
    void computesASharedTextWhenItsFirstCallerCancels() throws Exception {
        serve("distilbert-mean");
        CompletableFuture<Embeddings> held = holdTheLaneWith("other");
        Cancellable first =
                Requests.embed(inference, request("equal")).subscribe().with(unused -> {});
        CompletableFuture<Embeddings> second = later("equal");

        first.cancel();
        lane.open();

        assertThat(second.get().vectors()).hasSize(1);
        assertThat(held.get().vectors()).hasSize(1);
    }

    @Test
    void sharesAVectorBetweenNormalisedAndRawRequests() throws Exception {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(false));
        CompletableFuture<Embeddings> held = holdTheLaneWith("other");
        CompletableFuture<Embeddings> raw = later("equal");
        active.serve(model, PlainOptions.of(true));
        CompletableFuture<Embeddings> normalized = later("equal");

        lane.open();

        assertThat(held.get().vectors()).hasSize(1);
        assertThat(length(raw.get())).isNotCloseTo(1, within(0.01));
        assertThat(length(normalized.get())).isCloseTo(1, within(1e-6));
        assertThat(length(embed("equal"))).isEqualTo(length(normalized.get()));
        active.serve(model, PlainOptions.of(false));
        assertThat(length(embed("equal"))).isEqualTo(length(raw.get()));
        assertThat(rowsComputed).hasValue(2);
    }

    @Test
    void cachesVectorsPerPrompt() {
        serve("xlmr-mean-prompts");
        Embeddings query = embedAs(PromptChoice.InputType.QUERY);

        Embeddings document = embedAs(PromptChoice.InputType.DOCUMENT);

        assertThat(document.vectors().get(0)).isNotEqualTo(query.vectors().get(0));
        assertThat(embedAs(PromptChoice.InputType.QUERY).vectors().get(0))
                .isEqualTo(query.vectors().get(0));
        assertThat(rowsComputed).hasValue(2);
    }

    @Test
    void keepsVectorsOfAModelAcrossASwapAndBack() {
        LoadedModel first = models.load("distilbert-mean");
        LoadedModel second = models.load("bert-cls-normalize");
        active.serve(first, PlainOptions.of(true));
        float[] ofFirst = embed("text").vectors().get(0);
        active.serve(second, PlainOptions.of(true));

        Embeddings ofSecond = embed("text");

        assertThat(ofSecond.vectors().get(0)).hasSize(second.dimension()).isNotEqualTo(ofFirst);
        active.serve(first, PlainOptions.of(true));
        assertThat(embed("text").vectors().get(0)).isEqualTo(ofFirst);
        assertThat(rowsComputed).hasValue(2);
    }

    @Test
    void computesEveryTextOfARequestThatBypassesTheCache() throws Exception {
        serve("distilbert-mean");
        embed("text");
        CompletableFuture<Embeddings> held = holdTheLaneWith("other");
        CompletableFuture<Embeddings> one = bypassing("text", "new", "new");
        CompletableFuture<Embeddings> two = bypassing("new");

        lane.open();

        assertThat(one.get().sources()).isEqualTo(new CacheCounts(0, 0, 0, 3));
        assertThat(two.get().vectors()).hasSize(1);
        assertThat(held.get().vectors()).hasSize(1);
        assertThat(rowsComputed).hasValue(6);
        assertThat(embed("new").sources()).isEqualTo(new CacheCounts(0, 0, 1, 0));
    }

    @Test
    void servesCachedTextsWhenTheQueueIsFull() {
        LoadedModel model = serve("distilbert-mean");
        embed("text");
        MicroBatcher<TokenizedText, Output>.Admission large = model.batcher().admit(Priority.INTERACTIVE, 10_000_000);

        assertThat(embed("text").vectors()).hasSize(1);
        assertThat(failure(request("new"))).is(Requests.failureOf(FailureKind.SATURATED));
        large.release();
    }

    @Test
    void checksTheRequiredSpaceForCachedTextsToo() {
        LoadedModel model = serve("distilbert-mean");
        embed("text");

        EmbeddingRequest pinned = new EmbeddingRequest(
                Input.ofTexts(List.of("text")),
                EmbeddingOptions.prompted(PromptChoice.USUAL),
                PriorityChoice.BY_SIZE,
                Optional.of(model.fingerprint(false)),
                Optional.of(""));

        assertThat(failure(pinned)).is(Requests.failureOf(FailureKind.SPACE_MISMATCH));
    }

    @Test
    void cachesVectorsOfACancelledRequest() throws Exception {
        serve("distilbert-mean");
        lane.holdNext();
        Cancellable leaving =
                Requests.embed(inference, request("text")).subscribe().with(unused -> {});
        lane.awaitHeld();

        leaving.cancel();
        lane.open();
        embed("behind it on the only lane");

        assertThat(embed("text").sources().hits()).isOne();
        assertThat(rowsComputed).hasValue(2);
    }

    @Test
    void releasesTheLeaseForACachedText() throws Exception {
        serve("distilbert-mean");
        embed("text");

        embed("text");

        active.retire().orElseThrow().awaitReleased(TimeUnit.DAYS.toNanos(1));
    }

    private LoadedModel serve(String name) {
        LoadedModel model = models.load(name);
        active.serve(model, PlainOptions.of(true));
        return model;
    }

    private CompletableFuture<Embeddings> holdTheLaneWith(String text) throws InterruptedException {
        lane.holdNext();
        CompletableFuture<Embeddings> held = later(text);
        lane.awaitHeld();
        return held;
    }

    private CompletableFuture<Embeddings> later(String text) {
        return Requests.embed(inference, request(text)).subscribeAsCompletionStage();
    }

    private CompletableFuture<Embeddings> bypassing(String... texts) {
        return Requests.embed(
                        inference,
                        new EmbeddingRequest(
                                Input.ofTexts(List.of(texts)),
                                EmbeddingOptions.prompted(PromptChoice.USUAL),
                                PriorityChoice.BY_SIZE,
                                Optional.empty(),
                                Optional.empty()))
                .subscribeAsCompletionStage();
    }

    private Embeddings embed(String... texts) {
        return await(request(texts));
    }

    private Embeddings embedAs(PromptChoice prompt) {
        return await(new EmbeddingRequest(
                Input.ofTexts(List.of("text")),
                EmbeddingOptions.prompted(prompt),
                PriorityChoice.BY_SIZE,
                Optional.empty(),
                Optional.of("")));
    }

    private Embeddings await(EmbeddingRequest request) {
        return Requests.embed(inference, request).await().atMost(Duration.ofSeconds(50));
    }

    private RequestFailure failure(EmbeddingRequest request) {
        return catchThrowableOfType(RequestFailure.class, () -> await(request));
    }

    private static EmbeddingRequest request(String... texts) {
        return Requests.of(List.of(texts));
    }

    private static double length(Embeddings embeddings) {
        return VectorNorm.length(embeddings.vectors().get(0));
    }
}
