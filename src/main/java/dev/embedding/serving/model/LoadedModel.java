package dev.embedding.serving.model;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.BatchLimits;
import dev.embedding.batch.BatchObserver;
import dev.embedding.batch.BatchOutOfMemoryException;
import dev.embedding.batch.BatchRow;
import dev.embedding.batch.MicroBatcher;
import dev.embedding.batch.QueueFullException;
import dev.embedding.batch.RerunCause;
import dev.embedding.batch.RowFailedException;
import dev.embedding.batch.RowOutcome;
import dev.embedding.batch.admission.Priority;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelDescription.Kind;
import dev.embedding.model.ModelFile;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.SpaceFingerprint;
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

/** A loaded model: tokenizer, queue and encoder, opened and closed as one. */
public final class LoadedModel {

    /** Of an input in the queue, beside its tokens. */
    private static final int BYTES_OF_INPUT = 512;

    private final ModelDescription description;
    private final SpaceFingerprint fingerprint;
    private final InputTokenizer tokenizer;
    private final ModelEncoder encoder;
    private final MicroBatcher<EncodedText, EmbeddedText> batcher;
    private final Duration loadTime;
    private final Instant loadedAt = Instant.now();
    private final int lanes;
    private final BatchingDefaults profile;
    private final EngineHealth health = new EngineHealth();
    private final EncodedText knownText;
    private final QueueLimits queueLimits;
    private final ScheduledExecutorService timer;

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
        this.profile = encoder.profile();
        this.queueLimits = host.queueLimits();
        this.timer = host.timer();
        this.lanes = Math.min(host.laneCount(), profile.maxConcurrentBatches());
        int[] known = tokenizer.tokenIds("Hello world");
        this.knownText = new EncodedText(known.length == 0 ? new int[] {description.padTokenId()} : known, 0, false);
        this.batcher = new MicroBatcher<>(
                host.lanes(),
                this::compute,
                limits(options.maxBatchSize()),
                profile.tokensPerSecondOfOneLane(),
                new Listening(host.listener()),
                host.cache(),
                System::nanoTime);
    }

    /**
     * Opens a model of which nothing was found out before, and nothing is kept.
     *
     * @throws ModelUnavailableException when a file cannot be read or used
     */
    public static LoadedModel load(ModelDescription description, ModelOptions options, ModelHost host) {
        return load(description, options, host, CheckResults.unwritten());
    }

    /**
     * Opens a model's files; takes as long as ONNX Runtime needs for them.
     *
     * @param findings results of checks, kept from earlier starts
     * @throws ModelUnavailableException when a file cannot be read or used
     */
    public static LoadedModel load(
            ModelDescription description, ModelOptions options, ModelHost host, CheckResults findings) {
        long start = System.nanoTime();
        CompletableFuture<SpaceFingerprint> fingerprint = CompletableFuture.supplyAsync(() -> fingerprint(description));
        InputTokenizer tokenizer = InputTokenizer.open(description);
        ModelEncoder encoder = null;
        try {
            encoder = ModelEncoder.open(
                    description, options, host, tokenizer, new CheckResults.OfModel(findings, () -> fingerprint
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
            throw failure.getCause() instanceof ModelUnavailableException known
                    ? known
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
    private List<RowOutcome<EmbeddedText>> compute(List<EncodedText> rows, BatchRun run) {
        List<RowOutcome<EmbeddedText>> outcomes = new ArrayList<>(rows.size());
        try {
            for (float[] vector : vectors(rows, run)) {
                outcomes.add(outcome(rows.get(outcomes.size()), vector));
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

    private List<float[]> vectors(List<EncodedText> rows, BatchRun run) {
        return encoder.vectors(rows, run, () -> health.breaks("A run of the model did not end"));
    }

    private boolean computesKnownText(BatchRun run) {
        try {
            return VectorNorm.isFinite(vectors(List.of(knownText), run).get(0));
        } catch (RuntimeException | Error failure) {
            return false;
        }
    }

    private static RowOutcome<EmbeddedText> outcome(EncodedText text, float[] vector) {
        return VectorNorm.isFinite(vector)
                ? new RowOutcome.Computed<>(new EmbeddedText(vector, text.ids().length, text.truncated()))
                : new RowOutcome.Failed<>(new ArithmeticException("The model's output is not finite"));
    }

    /** Why the model cannot compute any more, in a sentence for operators; empty while it can. */
    public Optional<String> fault() {
        return health.fault();
    }

    /** Completes with the fault when there is one, on a thread that must not be kept. */
    public CompletionStage<String> broken() {
        return health.broken();
    }

    /** The time of a request that names none. */
    public Duration timeout(Priority priority, long tokens) {
        return queueLimits.timeout(priority, tokens, batcher.backlog());
    }

    /** Memory that a request's inputs take while they wait, beside their texts: their tokens, and their places in the queue. */
    public long waitingBytes(List<EmbeddingInput> inputs) {
        int maxTokens = description.tokenization().maxTokens();
        return inputs.stream()
                .mapToLong(input -> BYTES_OF_INPUT + (long) Integer.BYTES * Math.min(input.length(), maxTokens))
                .sum();
    }

    /** Why all submissions of these classes would be refused at this moment; empty when one would be taken. */
    public Optional<QueueFullException> saturation(Set<Priority> classes) {
        return batcher.saturation(classes);
    }

    /** Ends requests whose deadline has expired. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    public MicroBatcher<EncodedText, EmbeddedText> batcher() {
        return batcher;
    }

    public InputTokenizer tokenizer() {
        return tokenizer;
    }

    /** What the model sees of a text. */
    public int[] tokenIds(String text) {
        return tokenizer.tokenIds(text);
    }

    /**
     * Embeds texts behind the model's default prompt, past the cache and in one submission: for checks of a model that is
     * not served yet.
     *
     * @return normalised vectors, in the order of the texts
     * @throws RuntimeException when a text could not be computed, or the time did not suffice
     */
    public List<float[]> encode(List<String> texts, Duration timeout) {
        String prompt = description.prompts().usual();
        int leftOut = tokenizer.leftOut(prompt);
        List<BatchRow<EncodedText>> rows = new ArrayList<>(texts.size());
        for (EmbeddingInput text : EmbeddingInput.ofTexts(texts)) {
            TokenizedText tokens = tokenizer.tokenize(prompt, text, () -> {});
            if (tokens.ids().length == 0 && description.kind() != Kind.STATIC) {
                throw new IllegalStateException("the tokenizer keeps nothing of a text");
            }
            rows.add(new BatchRow<>(new EncodedText(tokens.ids(), leftOut, tokens.truncated()), tokens.ids().length));
        }
        return compute(rows, timeout).stream()
                .map(text -> vector(text, true, dimension()))
                .toList();
    }

    /**
     * Computes rows in one submission of the batch class.
     *
     * @throws RuntimeException the reason of the first row that failed, or that the time did not suffice
     */
    public List<EmbeddedText> compute(List<BatchRow<EncodedText>> rows, Duration timeout) {
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
     * The vector to answer with, normalised when asked for or when the model's own modules say so.
     *
     * @param components how many of it are requested; a cut vector has length 1 where the whole one has
     */
    public float[] vector(EmbeddedText text, boolean normalize, int components) {
        float[] whole = served(text.vector().clone(), normalize);
        if (components >= whole.length) {
            return whole;
        }
        float[] cut = Arrays.copyOf(whole, components);
        if (normalize || description.normalizes()) {
            VectorNorm.normalize(cut);
        }
        return cut;
    }

    /** Smaller sizes that vectors may be cut to, ascending. */
    public List<Integer> smallerDimensions(List<Integer> allowed) {
        List<Integer> dimensions = allowed.isEmpty() ? description.matryoshkaDimensions() : allowed;
        return dimensions.stream().filter(count -> count < dimension()).toList();
    }

    private float[] served(float[] vector, boolean normalize) {
        boolean cuts = dimension() < vector.length;
        if (description.normalizes() || normalize && !cuts) {
            VectorNorm.normalize(vector);
        }
        if (!cuts) {
            return vector;
        }
        float[] cut = Arrays.copyOf(vector, dimension());
        if (normalize) {
            VectorNorm.normalize(cut);
        }
        return cut;
    }

    public ModelDescription description() {
        return description;
    }

    /** As the operator gave it. */
    public String name() {
        return description.name();
    }

    public int dimension() {
        return description.servedDimension(encoder.dimension());
    }

    /** How the vectors of tokens become one; {@code graph} where the ONNX model does it. */
    public String pooling() {
        return encoder.pooling();
    }

    /** What runs: {@code cpu} or {@code cuda}. */
    public String device() {
        return encoder.device();
    }

    /** ONNX Runtime's name of what runs, as {@code CPUExecutionProvider}; {@code none} where it is not used. */
    public String executionProvider() {
        return encoder.executionProvider();
    }

    /** Why the device that was requested does not run; empty when it does. */
    public Optional<String> deviceFallback() {
        return encoder.deviceFallback();
    }

    public String fingerprint(boolean normalize) {
        return fingerprint.value(normalize);
    }

    /** Batches computed at the same time. */
    public int lanes() {
        return lanes;
    }

    /** The commit of a hub's repository; of other models what identifies their weights. */
    public String revision() {
        return description.revision().orElse(fingerprint.ofWeights());
    }

    /** The files that it is made of. */
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
        return profile.limits(description.scalesByBatch() ? 1 : maxBatchSize, encoder.packsTokens(), queueLimits);
    }

    /** Takes effect with the next batch. */
    public void retune(int maxBatchSize) {
        batcher.retune(limits(maxBatchSize));
    }

    /** Whether a lone request may use a second session over all cores, which costs the weights' memory again. */
    public void allowWideRuns(boolean allowed) {
        encoder.allowWideRuns(allowed);
    }

    /** Takes no more requests; those of which nothing is computed yet look for the model that is served now. */
    public void handOver() {
        batcher.handOver();
    }

    /**
     * Fails what cannot be computed within the time, of what waits and of what is admitted later.
     *
     * @return how many requests were given up at once
     */
    public int abortBeyond(Duration time) {
        return batcher.abortBeyond(time);
    }

    /** Gives up all that is not answered; see {@link MicroBatcher#giveUp}. */
    public void giveUp() {
        batcher.giveUp();
    }

    /** Answers what was admitted, gives up what still waits after {@code patience}, and frees the engine. */
    public void close(Duration patience) throws InterruptedException {
        batcher.close(patience);
        encoder.close();
        tokenizer.close();
    }

    /** Passes on what happens to batches. */
    private record Listening(ServingListener listener) implements BatchObserver {
        @Override
        public void computed(int rows, long tokens, long paddedTokens, long nanos) {
            listener.batchComputed(rows, tokens, paddedTokens, nanos);
        }

        @Override
        public void rerun(RerunCause cause) {
            listener.batchRerun(
                    switch (cause) {
                        case OUT_OF_MEMORY -> ServingListener.RerunCause.OUT_OF_MEMORY;
                        case FAILED -> ServingListener.RerunCause.FAILED;
                        case ABANDONED -> ServingListener.RerunCause.ABANDONED;
                    });
        }
    }
}
