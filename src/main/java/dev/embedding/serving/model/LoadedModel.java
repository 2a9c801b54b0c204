package dev.embedding.serving.model;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.BatchLimits;
import dev.embedding.batch.BatchOutOfMemoryException;
import dev.embedding.batch.BatchRow;
import dev.embedding.batch.MicroBatcher;
import dev.embedding.batch.QueueFullException;
import dev.embedding.batch.RowFailedException;
import dev.embedding.batch.RowOutcome;
import dev.embedding.batch.admission.Priority;
import dev.embedding.infer.GraphForm;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.FileHashes;
import dev.embedding.model.GraphOrigin;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelDescription.Kind;
import dev.embedding.model.ModelFile;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.SpaceFingerprint;
import dev.embedding.support.DaemonThreads;
import dev.embedding.tokenize.TokenizedText;
import dev.embedding.vector.VectorNorm;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Loaded model: tokenizer, batcher and encoder, opened and closed as one unit. */
public final class LoadedModel {

    /** Memory of a queued input besides its tokens. */
    private static final int BYTES_PER_INPUT = 512;

    private final ModelDescription description;
    private final SpaceFingerprint fingerprint;
    private final InputTokenizer tokenizer;
    private final ModelEncoder encoder;
    private final MicroBatcher<TokenizedText, Output> batcher;
    private final Duration loadTime;
    private final Instant loadedAt = Instant.now();
    private final int lanes;
    private final BatchingDefaults batchingDefaults;
    private final EngineHealth health = new EngineHealth();
    private final TokenizedText knownText;
    private final QueueLimits queueLimits;
    private final ScheduledExecutorService timer;
    private volatile Optional<String> servedAs = Optional.empty();

    private LoadedModel(
            ModelDescription description,
            SpaceFingerprint fingerprint,
            InputTokenizer tokenizer,
            ModelEncoder encoder,
            ModelHost host,
            ModelOptions options,
            Duration loadTime) {
        this.description = description;
        this.fingerprint = fingerprint;
        this.tokenizer = tokenizer;
        this.encoder = encoder;
        this.loadTime = loadTime;
        this.batchingDefaults = encoder.batchingDefaults();
        this.queueLimits = host.queueLimits();
        this.timer = host.timer();
        this.lanes = Math.min(host.laneCount(), batchingDefaults.maxConcurrentBatches());
        int[] known = tokenizer.tokenIds("Hello world");
        this.knownText = new TokenizedText(known.length == 0 ? new int[] {description.padTokenId()} : known, false);
        this.batcher = new MicroBatcher<>(
                host.lanes(),
                this::compute,
                limits(options.maxBatchSize()),
                batchingDefaults.tokensPerSecondOfOneLane(),
                host.observer().batchesOf(() -> servedAs),
                host.cache(),
                System::nanoTime);
    }

    /**
     * Opens a model without stored results of checks.
     *
     * @throws ModelUnavailableException when a file cannot be read or used
     */
    public static LoadedModel load(ModelDescription description, ModelOptions options, ModelHost host) {
        return load(description, options, host, CheckResults.inMemory());
    }

    /**
     * Opens a model's files; blocks while ONNX Runtime loads them.
     *
     * @param results stored results of earlier checks
     * @throws ModelUnavailableException when a file cannot be read or used
     */
    public static LoadedModel load(
            ModelDescription description, ModelOptions options, ModelHost host, CheckResults results) {
        long start = System.nanoTime();
        CompletableFuture<SpaceFingerprint> fingerprint = CompletableFuture.supplyAsync(
                () -> fingerprint(description, host.fileHashes()), task -> DaemonThreads.start("fingerprint", task));
        InputTokenizer tokenizer = InputTokenizer.open(description);
        ModelEncoder encoder = null;
        try {
            encoder = ModelEncoder.open(
                    description, options, host, tokenizer, new CheckResults.OfModel(results, () -> fingerprint
                            .join()
                            .value(true)));
            return new LoadedModel(
                    description,
                    fingerprint.join(),
                    tokenizer,
                    encoder,
                    host,
                    options,
                    Duration.ofNanos(System.nanoTime() - start));
        } catch (CompletionException failure) {
            close(tokenizer, encoder);
            throw failure.getCause() instanceof ModelUnavailableException unavailable
                    ? unavailable
                    : unavailable(description, failure);
        } catch (InferenceException failure) {
            close(tokenizer, encoder);
            throw unavailable(description, failure);
        } catch (RuntimeException | Error failure) {
            close(tokenizer, encoder);
            throw failure;
        }
    }

    private static void close(InputTokenizer tokenizer, @Nullable ModelEncoder encoder) {
        tokenizer.close();
        if (encoder != null) {
            encoder.close();
        }
    }

    private static SpaceFingerprint fingerprint(ModelDescription description, FileHashes hashes) {
        try {
            return SpaceFingerprint.of(description, hashes);
        } catch (IOException failure) {
            throw new CompletionException("Its files cannot be read", failure);
        }
    }

    private static ModelUnavailableException unavailable(ModelDescription description, Exception failure) {
        return new ModelUnavailableException("Model " + description.name() + ": " + failure.getMessage(), failure);
    }

    /** Computes one batch on a lane: an outcome for each row, in order. */
    private List<RowOutcome<Output>> compute(List<TokenizedText> rows, BatchRun run) {
        List<RowOutcome<Output>> outcomes = new ArrayList<>(rows.size());
        try {
            for (Output output : outputs(rows, run)) {
                outcomes.add(outcome(output));
            }
        } catch (BatchOutOfMemoryException failure) {
            if (rows.size() == 1) {
                health.failed(() -> computesKnownText(run));
            }
            throw failure;
        } catch (RuntimeException | Error failure) {
            health.failed(() -> computesKnownText(run));
            throw failure;
        }
        if (outcomes.stream().anyMatch(RowOutcome.Computed.class::isInstance)) {
            health.succeeded();
        } else {
            health.failed(() -> computesKnownText(run));
        }
        return outcomes;
    }

    private List<Output> outputs(List<TokenizedText> rows, BatchRun run) {
        return encoder.outputs(rows, run, () -> health.markBroken("A run of the model did not end"));
    }

    private boolean computesKnownText(BatchRun run) {
        try {
            return outputs(List.of(knownText), run).get(0).isFinite();
        } catch (RuntimeException | Error failure) {
            return false;
        }
    }

    private static RowOutcome<Output> outcome(Output output) {
        return output.isFinite()
                ? new RowOutcome.Computed<>(output)
                : new RowOutcome.Failed<>(new ArithmeticException("The model's output is not finite"));
    }

    /** Reason why the model cannot compute any more, as a sentence for operators; empty while it can. */
    public Optional<String> fault() {
        return health.fault();
    }

    /** Completes with the fault when the model breaks, on a thread that must not be blocked. */
    public CompletionStage<String> broken() {
        return health.broken();
    }

    /** Default timeout of a request, from the backlog and its own tokens. */
    public Duration timeout(Priority priority, long tokens) {
        return queueLimits.timeout(priority, tokens, batcher.backlog());
    }

    /** Memory of a request's inputs while they wait, besides their texts: tokens and queue entries, in bytes. */
    public long waitingBytes(List<Input> inputs) {
        int maxTokens = description.tokenization().maxTokens();
        return inputs.stream()
                .mapToLong(input -> BYTES_PER_INPUT + (long) Integer.BYTES * Math.min(input.length(), maxTokens))
                .sum();
    }

    /** Reason why submissions of all these classes would be rejected now; empty when one of them has room. */
    public Optional<QueueFullException> saturation(Set<Priority> classes) {
        return batcher.saturation(classes);
    }

    /** Timer that fails requests whose deadline has expired. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    public MicroBatcher<TokenizedText, Output> batcher() {
        return batcher;
    }

    public InputTokenizer tokenizer() {
        return tokenizer;
    }

    /** Token ids of a text, including special tokens. */
    public int[] tokenIds(String text) {
        return tokenizer.tokenIds(text);
    }

    /**
     * Embeds texts with the model's default prompt, without the cache and in one submission: for checks of a model that
     * is not served yet.
     *
     * @return normalised vectors, in the order of the texts
     * @throws RuntimeException when a text could not be computed, or the timeout expired
     */
    public List<float[]> encode(List<String> texts, Duration timeout) {
        String prompt = description.prompts().usual();
        List<BatchRow<TokenizedText>> rows = new ArrayList<>(texts.size());
        for (Input text : Input.ofTexts(texts)) {
            TokenizedText tokenized = tokenizer.tokenize(prompt, text, () -> {});
            if (!canCompute(tokenized)) {
                throw new IllegalStateException("the tokenizer returns no tokens for a text");
            }
            rows.add(row(tokenized, null));
        }
        return compute(rows, timeout).stream()
                .map(text -> vector((Output.Dense) text, true, dimension()))
                .toList();
    }

    /** A transformer computes nothing of no tokens; the mean of no rows of a static table is zero. */
    public boolean canCompute(TokenizedText text) {
        return text.ids().length > 0 || description.kind() == Kind.STATIC;
    }

    /**
     * The row that computes a text.
     *
     * @param key equal for texts of which one need be computed only; null where each is computed for itself
     */
    public BatchRow<TokenizedText> row(TokenizedText text, @Nullable Object key) {
        return new BatchRow<>(text, text.ids().length, key);
    }

    /**
     * Computes rows in one submission of the batch class.
     *
     * @throws RuntimeException the failure of the first row that failed, or when the timeout expired
     */
    public List<Output> compute(List<BatchRow<TokenizedText>> rows, Duration timeout) {
        long tokens = rows.stream().mapToLong(BatchRow::tokens).sum();
        try {
            return batcher.admit(Priority.BATCH, tokens)
                    .submit(rows, System.nanoTime() + timeout.toNanos())
                    .await()
                    .atMost(timeout)
                    .values();
        } catch (RowFailedException failure) {
            throw failure.reason();
        }
    }

    /**
     * The vector of a response, normalised when requested or when the model's modules normalise.
     *
     * @param requestedDimension number of components; a truncated vector is normalised again when the full one is
     */
    public float[] vector(Output.Dense text, boolean normalize, int requestedDimension) {
        float[] whole = normalizedAndTruncated(text.vector().clone(), normalize);
        if (requestedDimension >= whole.length) {
            return whole;
        }
        float[] truncated = Arrays.copyOf(whole, requestedDimension);
        if (normalize || description.normalizes()) {
            VectorNorm.normalize(truncated);
        }
        return truncated;
    }

    /** Smaller dimensions to which vectors may be truncated, ascending. */
    public List<Integer> smallerDimensions(List<Integer> allowed) {
        List<Integer> dimensions = allowed.isEmpty() ? description.matryoshkaDimensions() : allowed;
        return dimensions.stream().filter(count -> count < dimension()).toList();
    }

    private float[] normalizedAndTruncated(float[] vector, boolean normalize) {
        boolean truncates = dimension() < vector.length;
        if (description.normalizes() || normalize && !truncates) {
            VectorNorm.normalize(vector);
        }
        if (!truncates) {
            return vector;
        }
        float[] truncated = Arrays.copyOf(vector, dimension());
        if (normalize) {
            VectorNorm.normalize(truncated);
        }
        return truncated;
    }

    public ModelDescription description() {
        return description;
    }

    /** Name of the model as configured. */
    public String name() {
        return description.name();
    }

    public int dimension() {
        return description.servedDimension(encoder.dimension());
    }

    /** Pooling mode; {@code graph} where the ONNX model pools. */
    public String pooling() {
        return encoder.pooling();
    }

    /** Device in use: {@code cpu} or {@code cuda}. */
    public String device() {
        return encoder.device();
    }

    /** ONNX Runtime's execution provider, such as {@code CPUExecutionProvider}; {@code none} where it is not used. */
    public String executionProvider() {
        return encoder.executionProvider();
    }

    /** How the graph that runs came about: {@code built}, {@code rewritten}, {@code as shipped}; empty without one. */
    public Optional<String> graphForm() {
        return encoder.graphForm().map(GraphForm::label);
    }

    /** Why the graph is not built from the weights; empty where it is. */
    public Optional<String> whyGraphIsNotBuilt() {
        return description.graph() instanceof GraphOrigin.Exported exported
                ? Optional.of(exported.whyNotBuilt())
                : Optional.empty();
    }

    /** Reason for the fallback from the requested device; empty when that is in use. */
    public Optional<String> deviceFallback() {
        return encoder.deviceFallback();
    }

    public String fingerprint(boolean normalize) {
        return fingerprint.value(normalize);
    }

    /** Maximum number of batches computed at the same time. */
    public int lanes() {
        return lanes;
    }

    /** Commit of the hub repository; for other models a hash of their weights. */
    public String revision() {
        return description.revision().orElse(fingerprint.ofWeights());
    }

    /** Files of the model. */
    public List<ModelFile> files() {
        return fingerprint.files();
    }

    public Instant loadedAt() {
        return loadedAt;
    }

    public Duration loadTime() {
        return loadTime;
    }

    /** Tokens that wait to be computed. */
    public long queuedTokens() {
        return batcher.load().tokens();
    }

    private BatchLimits limits(int maxBatchSize) {
        return batchingDefaults.limits(
                description.scalesByBatch() ? 1 : maxBatchSize, encoder.packsTokens(), queueLimits);
    }

    /** Names the id under which the model is served from now on; it may take another one while it runs. */
    public void servedAs(String id) {
        servedAs = Optional.of(id);
    }

    /** Changes the maximum batch size and the share of lane time beside other models, from the next batch on. */
    public void retune(int maxBatchSize, int laneShare) {
        batcher.retune(limits(maxBatchSize));
        batcher.retuneShare(laneShare);
    }

    /** Sets whether a lone request may use a second session on all cores, which needs memory for the weights again. */
    public void allowWideRuns(boolean allowed) {
        encoder.allowWideRuns(allowed);
    }

    /** Stops taking requests; those of which nothing was computed are submitted to the model that is served now. */
    public void handOver() {
        batcher.handOver();
    }

    /**
     * Aborts requests that cannot be computed within the time: waiting ones at once, later ones when submitted.
     *
     * @return number of waiting requests aborted
     */
    public int abortBeyond(Duration time) {
        return batcher.abortBeyond(time);
    }

    /** Aborts all pending submissions; see {@link MicroBatcher#abort}. */
    public void giveUp() {
        batcher.abort();
    }

    /** Completes admitted requests, aborts those that still wait after {@code patience}, and closes the engine. */
    public void close(Duration patience) throws InterruptedException {
        batcher.close(patience);
        encoder.close();
        tokenizer.close();
    }
}
