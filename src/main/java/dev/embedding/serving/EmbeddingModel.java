package dev.embedding.serving;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.BatchResult;
import dev.embedding.batch.MicroBatcher;
import dev.embedding.batch.RowOutcome;
import dev.embedding.infer.EngineOptions;
import dev.embedding.infer.InferenceEngine;
import dev.embedding.infer.InferenceException;
import dev.embedding.infer.TokenBatch;
import dev.embedding.infer.TokenVectors;
import dev.embedding.infer.Workspace;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.SpaceFingerprint;
import dev.embedding.pool.VectorNorm;
import dev.embedding.tokenize.TextTokenizer;
import dev.embedding.tokenize.TokenizedText;
import dev.embedding.tokenize.TokenizerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A loaded model: tokenizer, queue, engine and pooling, opened and closed as one. */
public final class EmbeddingModel {

    private final ModelDescription description;
    private final SpaceFingerprint fingerprint;
    private final TextTokenizer tokenizer;
    private final InferenceEngine engine;
    private final VectorHead head;
    private final List<Workspace> workspaces;
    private final MicroBatcher<EncodedText, float[]> batcher;
    private final Duration loadTime;
    private final int lanes;
    private final EngineProfile profile;

    private EmbeddingModel(
            ModelDescription description,
            SpaceFingerprint fingerprint,
            TextTokenizer tokenizer,
            InferenceEngine engine,
            VectorHead head,
            ModelHost host,
            ModelOptions options,
            Duration loadTime) {
        this.description = description;
        this.fingerprint = fingerprint;
        this.tokenizer = tokenizer;
        this.engine = engine;
        this.loadTime = loadTime;
        this.head = head;
        this.workspaces =
                Stream.generate(Workspace::new).limit(host.laneCount()).toList();
        this.profile = EngineProfile.of(engine.place());
        this.lanes = Math.min(host.laneCount(), profile.maxConcurrentBatches());
        this.batcher = new MicroBatcher<>(
                host.lanes(),
                this::compute,
                profile.limits(options.maxBatchSize(), engine.packsTokens()),
                profile.tokensPerSecondOfOneLane(),
                host.listener()::batchComputed,
                System::nanoTime);
    }

    /**
     * Opens a model's files; takes as long as ONNX Runtime needs for them.
     *
     * @throws ModelUnavailableException when a file cannot be read or used
     */
    public static EmbeddingModel load(ModelDescription description, ModelOptions options, ModelHost host) {
        long start = System.nanoTime();
        CompletableFuture<SpaceFingerprint> fingerprint = CompletableFuture.supplyAsync(() -> fingerprint(description));
        TextTokenizer tokenizer = tokenizer(description);
        InferenceEngine engine = null;
        try {
            engine = InferenceEngine.open(
                    host.runtime(),
                    description.weights(),
                    new EngineOptions(
                            options.requestedDevice(),
                            description.padTokenId(),
                            description.readsFirstTokenOnly(),
                            host.cores(),
                            options.gpuMemoryLimit()));
            return new EmbeddingModel(
                    description,
                    fingerprint.join(),
                    tokenizer,
                    engine,
                    VectorHead.of(description, engine.dimension()),
                    host,
                    options,
                    Duration.ofNanos(System.nanoTime() - start));
        } catch (InferenceException | CompletionException failure) {
            close(tokenizer, engine);
            throw unavailable(description, failure);
        } catch (RuntimeException | Error failure) {
            close(tokenizer, engine);
            throw failure;
        }
    }

    private static void close(TextTokenizer tokenizer, @Nullable InferenceEngine engine) {
        tokenizer.close();
        if (engine != null) {
            engine.close();
        }
    }

    private static TextTokenizer tokenizer(ModelDescription description) {
        try {
            return new TextTokenizer(
                    description.tokenizer(),
                    new TokenizerOptions(description.maxTokens(), description.lowerCases(), description.cutsStart()));
        } catch (IOException failure) {
            throw new ModelUnavailableException(
                    "Model " + description.name() + ": "
                            + description.tokenizer().getFileName() + " cannot be read",
                    failure);
        } catch (IllegalArgumentException failure) {
            throw unavailable(description, failure);
        }
    }

    private static SpaceFingerprint fingerprint(ModelDescription description) {
        try {
            return SpaceFingerprint.of(description);
        } catch (IOException failure) {
            throw new CompletionException("Its files cannot be read", failure);
        }
    }

    private static ModelUnavailableException unavailable(ModelDescription description, Exception failure) {
        return new ModelUnavailableException("Model " + description.name() + ": " + failure.getMessage(), failure);
    }

    /** Computes one batch on a lane: {@code [rows]} of token ids to pooled vectors. */
    private List<RowOutcome<float[]>> compute(List<EncodedText> rows, BatchRun run) {
        TokenBatch batch = TokenBatch.of(rows.stream().map(EncodedText::ids).toList());
        TokenVectors vectors = engine.run(batch, workspaces.get(run.lane()), run.alone());
        return IntStream.range(0, rows.size())
                .mapToObj(row -> outcome(head.vector(vectors, row, rows.get(row))))
                .toList();
    }

    private static RowOutcome<float[]> outcome(float[] vector) {
        return VectorNorm.isFinite(vector)
                ? new RowOutcome.Computed<>(vector)
                : new RowOutcome.Failed<>(new EmbeddingFailure.ComputationFailed(
                        new ArithmeticException("The model's output is not finite")));
    }

    MicroBatcher<EncodedText, float[]> batcher() {
        return batcher;
    }

    TokenizedText tokenize(String text) {
        return tokenizer.tokenize(text);
    }

    /** Tokens that these texts will have at most, guessed from their lengths. */
    long estimateTokens(String prompt, List<String> texts) {
        return texts.stream()
                .mapToLong(text -> tokenizer.estimateTokens(prompt.length() + text.length()))
                .sum();
    }

    /** How many tokens of a text behind this prompt do not count in the pooling. */
    int tokensLeftOut(String prompt) {
        return prompt.isEmpty() || description.poolsPrompt() ? 0 : tokenizer.promptTokens(prompt);
    }

    /** The vectors of a batch result, normalised when asked for or when the model's own modules say so. */
    List<float[]> vectors(BatchResult<float[]> result, boolean normalize) {
        List<float[]> vectors = new ArrayList<>(result.values());
        if (normalize || description.normalizes()) {
            vectors.forEach(VectorNorm::normalize);
        }
        return vectors;
    }

    public ModelDescription description() {
        return description;
    }

    /** As the operator gave it. */
    public String name() {
        return description.name();
    }

    public int dimension() {
        return head.dimension();
    }

    /** What runs: {@code cpu} or {@code cuda}. */
    public String device() {
        return engine.place().device();
    }

    /** ONNX Runtime's name of what runs, as {@code CPUExecutionProvider}. */
    public String executionProvider() {
        return engine.place().executionProvider();
    }

    /** Why the device that was asked for does not run; empty when it does. */
    public Optional<String> deviceFallback() {
        return engine.fallbackReason();
    }

    public String fingerprint(boolean normalize) {
        return fingerprint.value(normalize);
    }

    /** Batches computed at the same time. */
    public int lanes() {
        return lanes;
    }

    /** Identifies the weights: a model that was not fetched from a hub has no other revision. */
    public String revision() {
        return fingerprint.ofWeights();
    }

    public Duration loadTime() {
        return loadTime;
    }

    /** Tokens that wait to be computed. */
    public long queuedTokens() {
        return batcher.load().tokens();
    }

    /** Takes effect with the next batch. */
    public void retune(int maxBatchSize) {
        batcher.retune(profile.limits(maxBatchSize, engine.packsTokens()));
    }

    /** Whether a lone request may use a second session over all cores, which costs the weights' memory again. */
    public void allowWideRuns(boolean allowed) {
        engine.allowWideRuns(allowed);
    }

    /** Takes no more requests; those of which nothing is computed yet look for the model that is served now. */
    public void handOver() {
        batcher.handOver();
    }

    /** Answers what was admitted, gives up what still waits after {@code patience}, and frees the engine. */
    public void close(Duration patience) throws InterruptedException {
        batcher.close(patience);
        engine.close();
        tokenizer.close();
    }
}
