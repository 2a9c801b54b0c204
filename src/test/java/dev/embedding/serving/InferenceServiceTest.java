package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embedding.batch.MicroBatcher;
import dev.embedding.batch.admission.Priority;
import dev.embedding.batch.admission.WaitLimits;
import dev.embedding.fixture.Gate;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.layout.ModelCopy;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.Output;
import dev.embedding.serving.model.QueueLimits;
import dev.embedding.support.WorkerPools;
import dev.embedding.tokenize.TokenizedText;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class InferenceServiceTest {

    private static final long LONG = TimeUnit.DAYS.toNanos(1);

    private final Gate lane = new Gate();
    private final SmallModels models = new SmallModels((rows, tokens, paddedTokens, nanos) -> lane.pass());
    private final ModelRegistry registry = new ModelRegistry("default");
    private final DefaultModel active = new DefaultModel(registry);
    private final InferenceService inference =
            new InferenceService(registry, models.host().workers(), VectorCache.off());

    @AfterEach
    void close() throws InterruptedException {
        lane.open();
        models.close();
    }

    @ParameterizedTest
    @CsvSource({
        "bert-cls-normalize, true",
        "bert-cls-normalize, false",
        "bert-sentence-embedding-output, false",
        "distilbert-mean, true",
        "distilbert-mean, false",
        "roberta-mean-bpe, true",
        "static-embedding, true",
        "static-embedding, false",
        "xlmr-mean-prompts, false"
    })
    void returnsTheVectorsOfSentenceTransformers(String name, boolean normalize) {
        ReferenceModel reference = ReferenceModel.of(name);
        active.serve(models.load(name), PlainOptions.of(normalize));

        Embeddings embeddings = await(Requests.embed(inference, request(reference.texts())));

        List<float[]> expected = reference.vectors(normalize);
        for (int row = 0; row < expected.size(); row++) {
            assertThat(largestDifference(embeddings.vectors().get(row), expected.get(row)))
                    .as("text %d", row)
                    .isLessThan(reference.tolerance());
        }
        assertThat(embeddings.tokens())
                .isEqualTo(reference.tokenIds().stream()
                        .mapToInt(ids -> ids.length)
                        .sum());
        assertThat(embeddings.space().dimension()).isEqualTo(reference.dimension());
    }

    @Test
    void listsTruncatedTexts() {
        active.serve(models.load("distilbert-mean"), PlainOptions.of(true));

        Embeddings embeddings =
                await(Requests.embed(inference, request(List.of("short", "long ".repeat(500), "short"))));

        assertThat(embeddings.truncated()).containsExactly(1);
    }

    @Test
    void completesUnderItsInitialLease() throws Exception {
        LoadedModel first = models.load("distilbert-mean");
        LoadedModel second = models.load("bert-cls-normalize");
        active.serve(first, PlainOptions.of(true));
        lane.holdNext();
        CompletableFuture<Embeddings> answer =
                Requests.embed(inference, request(List.of("text"))).subscribeAsCompletionStage();
        lane.awaitHeld();

        active.serve(second, PlainOptions.of(true));
        lane.open();

        assertThat(answer.get().space().fingerprint()).isEqualTo(first.fingerprint(true));
        assertThat(await(Requests.embed(inference, request(List.of("text"))))
                        .space()
                        .fingerprint())
                .isEqualTo(second.fingerprint(true));
    }

    @Test
    void computesWaitingRequestsEntirelyOnTheNewModelAfterASwap() throws Exception {
        ReferenceModel reference = ReferenceModel.of("bert-cls-normalize");
        LoadedModel first = models.load("distilbert-mean");
        LoadedModel second = models.load("bert-cls-normalize");
        active.serve(first, PlainOptions.of(true));
        CompletableFuture<Embeddings> begun = beginAndHold();
        CompletableFuture<Embeddings> waiting =
                Requests.embed(inference, request(reference.texts())).subscribeAsCompletionStage();

        RetiredModel replaced = active.serve(second, PlainOptions.of(true)).orElseThrow();
        first.handOver();
        lane.open();

        assertThat(begun.get().space().modelName()).isEqualTo(first.name());
        assertThat(begun.get().vectors().get(0)).hasSize(first.dimension());
        assertThat(waiting.get().space())
                .isEqualTo(new Embeddings.VectorSpace(second.name(), second.dimension(), second.fingerprint(true)));
        for (int row = 0; row < reference.texts().size(); row++) {
            assertThat(largestDifference(
                            waiting.get().vectors().get(row),
                            reference.vectors(true).get(row)))
                    .isLessThan(reference.tolerance());
        }
        replaced.awaitReleased(LONG);
    }

    @Test
    void checksTheRequiredVectorSpaceAgainAfterASwap() throws Exception {
        LoadedModel first = models.load("distilbert-mean");
        LoadedModel second = models.load("bert-cls-normalize");
        active.serve(first, PlainOptions.of(true));
        CompletableFuture<Embeddings> begun = beginAndHold();
        CompletableFuture<Embeddings> pinned =
                Requests.embed(inference, pinned(active.fingerprint())).subscribeAsCompletionStage();

        active.serve(second, PlainOptions.of(true));
        first.handOver();

        assertThat(pinned)
                .failsWithin(Duration.ofSeconds(50))
                .withThrowableThat()
                .havingCause()
                .is(Requests.failureOf(FailureKind.SPACE_MISMATCH));
        lane.open();
        assertThat(begun.get().vectors()).hasSize(1);
    }

    @Test
    void keepsItsDeadlineAcrossASwap() throws Exception {
        LoadedModel first = models.load("distilbert-mean");
        LoadedModel second = models.load("bert-cls-normalize");
        active.serve(first, PlainOptions.of(true));
        CompletableFuture<Embeddings> begun = beginAndHold();
        CompletableFuture<Embeddings> waiting = within(Duration.ofMillis(300)).subscribeAsCompletionStage();

        active.serve(second, PlainOptions.of(true));
        first.handOver();

        assertThat(waiting)
                .failsWithin(Duration.ofSeconds(50))
                .withThrowableThat()
                .havingCause()
                .is(Requests.failureOf(FailureKind.DEADLINE_EXCEEDED))
                .withMessageContaining("within its 300 ms");
        assertThat(second.queuedTokens()).isZero();
        lane.open();
        assertThat(begun.get().vectors()).hasSize(1);
    }

    @Test
    void movesARequestWhoseModelIsReplacedBeforeItIsAdmitted() {
        LoadedModel first = models.load("distilbert-mean");
        LoadedModel second = models.load("bert-cls-normalize");
        active.serve(first, PlainOptions.of(true));
        Lease lease = active.lease().orElseThrow();
        active.serve(second, PlainOptions.of(true));
        first.handOver();
        CallContext context = CallContext.begin("test", Optional.empty());

        Embeddings embeddings = await(Uni.createFrom()
                .emitter(emitter ->
                        new InferenceCall(inference, lease, request(List.of("text")), context, emitter).run(false)));

        assertThat(embeddings.space().modelName()).isEqualTo(second.name());
    }

    /** Begins a request, and keeps the only lane with it. */
    private CompletableFuture<Embeddings> beginAndHold() throws InterruptedException {
        lane.holdNext();
        CompletableFuture<Embeddings> begun =
                Requests.embed(inference, request(List.of("text"))).subscribeAsCompletionStage();
        lane.awaitHeld();
        return begun;
    }

    @Test
    void releasesItsLease() throws Exception {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));

        await(Requests.embed(inference, request(List.of("text"))));
        failure(Requests.embed(inference, pinned(Optional.of("other"))));

        active.retire().orElseThrow().awaitReleased(LONG);
    }

    @Test
    void releasesItsLeaseWhenItsCallerCancels() throws Exception {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));
        lane.holdNext();
        Cancellable running =
                Requests.embed(inference, request(List.of("text"))).subscribe().with(unused -> {});
        lane.awaitHeld();
        Cancellable waiting =
                Requests.embed(inference, request(List.of("text"))).subscribe().with(unused -> {});

        waiting.cancel();
        running.cancel();

        active.retire().orElseThrow().awaitReleased(LONG);
        assertThat(model.queuedTokens()).isZero();
    }

    @Test
    void failsWithoutAModel() {
        assertThat(failure(Requests.embed(inference, request(List.of("text")))))
                .is(Requests.failureOf(FailureKind.NO_MODEL));
    }

    @Test
    void failsWhenAnotherVectorSpaceIsServed() {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));
        String other = model.fingerprint(false);

        RequestFailure failure = failure(Requests.embed(inference, pinned(Optional.of(other))));

        assertThat(failure).is(Requests.failureOf(FailureKind.SPACE_MISMATCH));
        assertThat(failure.detail()).contains(other, model.fingerprint(true));
    }

    @Test
    void succeedsWhenTheRequiredVectorSpaceIsServed() {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));

        Embeddings embeddings = await(Requests.embed(inference, pinned(active.fingerprint())));

        assertThat(embeddings.vectors()).hasSize(1);
    }

    @Test
    void failsWhenTheQueueIsFull() {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));
        MicroBatcher<TokenizedText, Output>.Admission large = model.batcher().admit(Priority.INTERACTIVE, 10_000_000);

        RequestFailure failure = failure(Requests.embed(inference, request(List.of("text"))));

        assertThat(failure).is(Requests.failureOf(FailureKind.SATURATED));
        large.release();
    }

    @Test
    void failsWhenItsDeadlineExpires() throws Exception {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));
        lane.holdNext();
        Uni<Embeddings> first = Requests.embed(inference, request(List.of("text")));
        CompletableFuture<Embeddings> held = first.subscribeAsCompletionStage();
        lane.awaitHeld();

        RequestFailure failure = failure(within(Duration.ofMillis(1)));
        long waiting = model.queuedTokens();
        lane.open();

        assertThat(failure).is(Requests.failureOf(FailureKind.DEADLINE_EXCEEDED));
        assertThat(waiting).isZero();
        assertThat(held.get().vectors()).hasSize(1);
    }

    @Test
    void failsWhenTheDefaultTimeoutExpires() throws Exception {
        QueueLimits hasty =
                new QueueLimits(new WaitLimits(Duration.ofMillis(1), Duration.ofMillis(1)), Duration.ofMillis(50));
        ModelHost host = new ModelHost(1, 1, hasty, (rows, tokens, paddedTokens, nanos) -> lane.pass());
        LoadedModel model = models.loadOn(host, "distilbert-mean");
        active.serve(model, PlainOptions.of(true));
        lane.holdNext();
        CompletableFuture<Embeddings> held = within(Duration.ofMinutes(1)).subscribeAsCompletionStage();
        lane.awaitHeld();

        RequestFailure failure = failure(Requests.embed(inference, request(List.of("text"))));
        long waiting = model.queuedTokens();
        lane.open();

        assertThat(failure)
                .is(Requests.failureOf(FailureKind.DEADLINE_EXCEEDED))
                .hasMessageContaining("waited");
        assertThat(waiting).isZero();
        assertThat(held.get().vectors()).hasSize(1);
        model.close(Duration.ofSeconds(30));
        host.close();
    }

    @Test
    void aCompletedRequestCancelsItsDeadline() {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));

        Embeddings embeddings = await(Requests.embed(inference, request(List.of("text"))));

        assertThat(embeddings.vectors()).hasSize(1);
        assertThat(model.timer().shutdownNow())
                .as("what is left beside the timer's own beat")
                .hasSizeLessThan(2);
    }

    @Test
    void failsWhenTheModelIsClosed() throws Exception {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));
        Lease unused = active.lease().orElseThrow();

        model.batcher().close(Duration.ZERO);

        assertThat(failure(Requests.embed(inference, request(List.of("text")))))
                .is(Requests.failureOf(FailureKind.SHUTTING_DOWN));
        unused.release();
    }

    @Test
    void tokenizesALargeRequestInPortionsOnTheWorkers() throws Exception {
        Queue<Runnable> portions = new ArrayDeque<>();
        active.serve(models.load("distilbert-mean"), PlainOptions.of(true));
        InferenceService portionwise =
                new InferenceService(registry, new WorkerPools(portions::add, portions::add), VectorCache.off());
        CompletableFuture<Embeddings> answer = Requests.embed(
                        portionwise, request(List.of("x ".repeat(3_000), "x ".repeat(3_000), "x ".repeat(3_000))))
                .subscribeAsCompletionStage();

        int count = 0;
        for (Runnable portion = portions.poll(); portion != null; portion = portions.poll()) {
            portion.run();
            count++;
        }

        assertThat(count).isEqualTo(2);
        assertThat(answer.get().truncated()).containsExactly(0, 1, 2);
    }

    @Test
    void stopsTokenizingForACancelledRequest() throws Exception {
        Queue<Runnable> portions = new ArrayDeque<>();
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));
        InferenceService portionwise =
                new InferenceService(registry, new WorkerPools(portions::add, portions::add), VectorCache.off());
        Cancellable leaving = Requests.embed(
                        portionwise, request(List.of("x ".repeat(3_000), "x ".repeat(3_000), "x ".repeat(3_000))))
                .subscribe()
                .with(unused -> {});

        leaving.cancel();
        portions.remove().run();

        assertThat(portions).isEmpty();
        active.retire().orElseThrow().awaitReleased(LONG);
    }

    private static EmbeddingRequest request(List<String> texts) {
        return Requests.of(texts);
    }

    private Uni<Embeddings> within(Duration timeout) {
        return inference.embed(request(List.of("text")), CallContext.begin("test", Optional.of(timeout)));
    }

    private static EmbeddingRequest pinned(Optional<String> space) {
        return new EmbeddingRequest(
                Input.ofTexts(List.of("text")),
                EmbeddingOptions.prompted(PromptChoice.USUAL),
                PriorityChoice.BY_SIZE,
                space,
                Optional.of(""));
    }

    private static Embeddings await(Uni<Embeddings> answer) {
        return answer.await().atMost(Duration.ofSeconds(50));
    }

    @Test
    void rejectsATextWithoutTokens(@TempDir Path directory) throws IOException {
        ModelCopy.of("distilbert-mean", directory);
        Path file = directory.resolve("tokenizer.json");
        ObjectNode tokenizer = (ObjectNode) new ObjectMapper().readTree(file.toFile());
        tokenizer.putNull("post_processor");
        new ObjectMapper().writeValue(file.toFile(), tokenizer);
        active.serve(models.loadFrom(directory), PlainOptions.of(true));

        RequestFailure failure = failure(Requests.embed(inference, request(List.of("text", "\u200b"))));

        assertThat(failure).is(Requests.failureOf(FailureKind.NO_TOKENS)).hasMessageContaining("index 1");
    }

    private static RequestFailure failure(Uni<Embeddings> answer) {
        return catchThrowableOfType(RequestFailure.class, () -> await(answer));
    }

    private static float largestDifference(float[] one, float[] other) {
        assertThat(one).hasSameSizeAs(other);
        float largest = 0;
        for (int component = 0; component < one.length; component++) {
            largest = Math.max(largest, Math.abs(one[component] - other[component]));
        }
        return largest;
    }
}
