package dev.embedding.serving.model;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.BatchOutOfMemoryException;
import dev.embedding.batch.Lanes;
import dev.embedding.infer.EngineOptions;
import dev.embedding.infer.GraphComparison;
import dev.embedding.infer.GraphForm;
import dev.embedding.infer.InferenceEngine;
import dev.embedding.infer.TokenBatch;
import dev.embedding.infer.TokenVectors;
import dev.embedding.infer.Workspace;
import dev.embedding.infer.runtime.EngineOutOfMemoryException;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.OutputStage;
import dev.embedding.tokenize.TokenizedText;
import dev.embedding.vector.VectorHead;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/** Encoder that runs an ONNX model in the inference engine, and its head on what the engine returns. */
final class OnnxEncoder implements ModelEncoder {

    private final ModelDescription model;
    private final InferenceEngine engine;
    private final Head head;
    private final Lanes lanes;
    /** Free workspaces; a run that never ends retains its own. */
    private final Queue<Workspace> workspaces = new ConcurrentLinkedQueue<>();

    private OnnxEncoder(ModelDescription model, InferenceEngine engine, Head head, Lanes lanes) {
        this.model = model;
        this.engine = engine;
        this.head = head;
        this.lanes = lanes;
    }

    static OnnxEncoder open(
            ModelDescription model,
            ModelOptions options,
            ModelHost host,
            InputTokenizer tokenizer,
            CheckResults.OfModel results) {
        Optional<VectorHead> head = GraphSources.head(model);
        InferenceEngine engine = InferenceEngine.open(
                host.runtime(),
                GraphSources.served(model, head),
                new EngineOptions(
                        options.requestedDevice(),
                        model.padTokenId(),
                        head,
                        comparison(model, tokenizer, results),
                        // With more threads the order of sums differs, and a different rounding changes the
                        // scale of a dynamically quantized tensor.
                        model.scalesByBatch() ? 1 : host.cores(),
                        options.gpuMemoryLimit()));
        try {
            return new OnnxEncoder(model, engine, head(model, engine, head), host.lanes());
        } catch (RuntimeException | Error failure) {
            engine.close();
            throw failure;
        }
    }

    private static Head head(ModelDescription model, InferenceEngine engine, Optional<VectorHead> wanted) {
        return engine.graphForm() == GraphForm.AS_SHIPPED || wanted.isEmpty()
                ? DenseHead.of(model, engine, wanted)
                : new GraphHead(engine.dimension());
    }

    /** Empty where every rewritten graph would compute different vectors. */
    private static Optional<GraphComparison> comparison(
            ModelDescription model, InputTokenizer tokenizer, CheckResults.OfModel results) {
        if (model.scalesByBatch()) {
            return Optional.empty();
        }
        List<int[]> rows = SampleTexts.OF_DIFFERENT_LENGTHS.stream()
                .map(tokenizer::tokenIds)
                .map(ids -> ids.length == 0 ? new int[] {model.padTokenId()} : ids)
                .toList();
        return Optional.of(new GraphComparison(rows, results::contains, results::add));
    }

    @Override
    public List<Output> outputs(List<TokenizedText> rows, BatchRun run, Runnable onAbandoned) {
        Workspace free = workspaces.poll();
        Workspace workspace = free == null ? new Workspace() : free;
        try {
            TokenVectors vectors = engine.run(
                    TokenBatch.of(
                            rows.stream().map(TokenizedText::ids).toList(),
                            model.poolsPrompt()
                                    ? List.of()
                                    : rows.stream()
                                            .map(TokenizedText::skippedTokens)
                                            .toList()),
                    workspace,
                    run.alone(),
                    () -> {
                        lanes.replaceStuckLane(run.lane());
                        onAbandoned.run();
                    });
            return IntStream.range(0, rows.size())
                    .mapToObj(row -> head.output(vectors, row, rows.get(row)))
                    .toList();
        } catch (EngineOutOfMemoryException failure) {
            throw new BatchOutOfMemoryException(failure);
        } finally {
            workspaces.add(workspace);
        }
    }

    @Override
    public int dimension() {
        return head.dimension();
    }

    @Override
    public String pooling() {
        return engine.pools() && model.graphEnd() != OutputStage.TOKENS ? "graph" : model.pooling();
    }

    @Override
    public String device() {
        return engine.place().device();
    }

    @Override
    public String executionProvider() {
        return engine.place().executionProvider();
    }

    @Override
    public Optional<String> deviceFallback() {
        return engine.fallbackReason();
    }

    @Override
    public Optional<GraphForm> graphForm() {
        return Optional.of(engine.graphForm());
    }

    @Override
    public BatchingDefaults batchingDefaults() {
        return BatchingDefaults.of(engine.place());
    }

    @Override
    public boolean packsTokens() {
        return engine.packsTokens();
    }

    @Override
    public void allowWideRuns(boolean allowed) {
        engine.allowWideRuns(allowed);
    }

    @Override
    public void close() {
        engine.close();
    }
}
