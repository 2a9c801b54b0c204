package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Gate;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.infer.EngineFaults;
import dev.embedding.infer.EngineFaults.Fault;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.locate.NoHub;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.EngineHealth;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.ModelOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests with real models in a real runtime, with injected faults of its sessions. */
@Timeout(60)
class EngineFailuresTest {

    private static final List<String> TEXTS = IntStream.range(0, 8)
            .mapToObj(index -> "a text " + "bcdefghi".charAt(index))
            .toList();
    private static final String FAILING = "a text x";

    private final EngineFaults faults = new EngineFaults();
    private final Gate lane = new Gate();
    private final ModelHost host = new ModelHost(
            1,
            1,
            faults.runtime(),
            PatientQueue.LIMITS,
            VectorCache.off(),
            (rows, tokens, paddedTokens, nanos) -> lane.pass());
    private final LoadedModel model = LoadedModel.load(
            NoHub.locator()
                    .locate(ModelRequest.of(
                            ReferenceModel.of("bert-cls-normalize").directory().toString())),
            new ModelOptions("cpu", 32, 0),
            host);
    private final ModelRegistry registry = new ModelRegistry("default");
    private final DefaultModel active = new DefaultModel(registry);
    private final InferenceService inference = new InferenceService(registry, host.workers(), VectorCache.off());

    EngineFailuresTest() {
        active.serve(model, PlainOptions.of(true));
        int[] guilty = model.tokenIds(FAILING);
        faults.guilty = ids -> Arrays.equals(ids, guilty);
    }

    @AfterEach
    void close() throws InterruptedException {
        lane.open();
        faults.end();
        model.close(Duration.ZERO);
        host.close();
    }

    @Test
    void halvesABatchThatRunsOutOfMemoryAndReducesTheBudget() throws Exception {
        faults.guilty = ids -> true;
        faults.rowsInMemory = 2;
        faults.fault = Fault.IS_OUT_OF_MEMORY;

        List<CompletableFuture<Embeddings>> answers = together(TEXTS);

        for (CompletableFuture<Embeddings> answer : answers) {
            assertThat(answer.get().vectors()).hasSize(1);
        }
        assertThat(faults.rowsOfRuns).containsExactly(1, 8, 4, 2, 2, 4, 2, 2);
        faults.rowsOfRuns.clear();
        assertThat(embed(TEXTS).get().vectors()).hasSameSizeAs(TEXTS);
        assertThat(faults.rowsOfRuns).containsExactly(2, 2, 2, 2);
        assertThat(model.fault()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"NONE", "IS_SLOW", "HANGS"},
            mode = EnumSource.Mode.EXCLUDE)
    void failsOnlyTheRequestWithTheFailingText(Fault fault) throws Exception {
        faults.fault = fault;

        List<CompletableFuture<Embeddings>> answers = together(withFailing());

        assertOnlyTheFailingTextFails(answers);
        assertThat(faults.rowsOfRuns).contains(9);
    }

    @Test
    void namesTheFailingTextByItsIndex() throws Exception {
        faults.fault = Fault.GIVES_NAN;

        CompletableFuture<Embeddings> answer = embed(List.of("a", "b", FAILING, "c"));

        assertThat(failure(answer)).is(Requests.failureOf(FailureKind.COMPUTATION_FAILED));
        assertThat(failure(answer).detail()).contains("the index 2");
    }

    @Test
    void terminatesASlowRunAndFailsOnlyTheFailingText() throws Exception {
        faults.fault = Fault.IS_SLOW;

        List<CompletableFuture<Embeddings>> answers = together(withFailing());
        faults.awaitHanging(1);
        faults.terminateRuns();
        answers.get(0).get();
        faults.awaitHanging(1);
        faults.terminateRuns();

        assertOnlyTheFailingTextFails(answers);
        assertThat(host.terminatedRuns()).isEqualTo(2);
        assertThat(host.abandonedRuns()).isZero();
    }

    @RepeatedTest(20)
    void replacesALaneWhoseRunHangsAndCompletesTheOthers() throws Exception {
        faults.fault = Fault.HANGS;

        List<CompletableFuture<Embeddings>> answers = together(withFailing());
        faults.awaitHanging(1);
        faults.giveUpRuns();
        faults.awaitHanging(2);
        boolean hopelessEarly = host.unrecoverable().toCompletableFuture().isDone();
        faults.giveUpRuns();

        assertOnlyTheFailingTextFails(answers);
        assertThat(embed(TEXTS).get().vectors()).hasSameSizeAs(TEXTS);
        assertThat(hopelessEarly).isFalse();
        assertThat(host.unrecoverable().toCompletableFuture()).isDone();
        assertThat(model.fault()).isPresent();
    }

    @RepeatedTest(20)
    void doesNotRepeatAHangingRequestThatWasAlone() throws Exception {
        faults.fault = Fault.HANGS;
        CompletableFuture<Embeddings> answer = embed(List.of(FAILING));
        faults.awaitHanging(1);

        faults.giveUpRuns();

        assertThat(failure(answer)).is(Requests.failureOf(FailureKind.COMPUTATION_FAILED));
        assertThat(host.abandonedRuns()).isOne();
        assertThat(embed(TEXTS).get().vectors()).hasSameSizeAs(TEXTS);
    }

    @RepeatedTest(20)
    void closesAModelWithoutTheSessionOfAHungRun() throws Exception {
        faults.fault = Fault.HANGS;
        CompletableFuture<Embeddings> answer = embed(List.of(FAILING));
        faults.awaitHanging(1);
        faults.giveUpRuns();
        assertThat(failure(answer)).isNotNull();

        model.close(Duration.ofDays(1));
        int closedUnderTheRun = faults.closed.get();
        faults.end();
        while (faults.closed.get() == 0) {
            Thread.onSpinWait();
        }

        assertThat(closedUnderTheRun).isZero();
    }

    @Test
    void isBrokenWhenAKnownTextFailsToo() throws Exception {
        faults.guilty = ids -> true;
        faults.fault = Fault.THROWS;

        for (int request = 1; request < EngineHealth.FAILURES_BEFORE_PROBE; request++) {
            failure(embed(List.of("a text")));
        }
        boolean brokenEarly = model.fault().isPresent();
        failure(embed(List.of("a text")));

        assertThat(brokenEarly).isFalse();
        assertThat(model.fault()).hasValueSatisfying(fault -> assertThat(fault).contains("known text"));
        assertThat(model.broken().toCompletableFuture()).isDone();
    }

    @Test
    void isNotBrokenByTextsThatCannotBeComputed() throws Exception {
        faults.fault = Fault.GIVES_NAN;

        for (int request = 0; request < 10; request++) {
            failure(embed(List.of(FAILING)));
        }

        assertThat(model.fault()).isEmpty();
    }

    private static List<String> withFailing() {
        List<String> texts = new ArrayList<>(TEXTS);
        texts.add(FAILING);
        return texts;
    }

    private static void assertOnlyTheFailingTextFails(List<CompletableFuture<Embeddings>> answers) throws Exception {
        for (CompletableFuture<Embeddings> answer : answers.subList(0, TEXTS.size())) {
            assertThat(answer.get().vectors()).hasSize(1);
        }
        assertThat(failure(answers.get(TEXTS.size()))).is(Requests.failureOf(FailureKind.COMPUTATION_FAILED));
    }

    /** Embeds each text for its own caller, all in one batch. */
    private List<CompletableFuture<Embeddings>> together(List<String> texts) throws InterruptedException {
        lane.holdNext();
        CompletableFuture<Embeddings> first = embed(List.of("a text a"));
        lane.awaitHeld();
        List<CompletableFuture<Embeddings>> answers =
                texts.stream().map(text -> embed(List.of(text))).toList();
        lane.open();
        assertThat(first).succeedsWithin(Duration.ofSeconds(50));
        return answers;
    }

    private CompletableFuture<Embeddings> embed(List<String> texts) {
        return Requests.embed(inference, Requests.of(texts)).subscribeAsCompletionStage();
    }

    private static RequestFailure failure(CompletableFuture<Embeddings> answer) throws InterruptedException {
        try {
            throw new AssertionError("answered: " + answer.get());
        } catch (ExecutionException failure) {
            return (RequestFailure) Objects.requireNonNull(failure.getCause());
        }
    }
}
