package dev.embedding.serving.model;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.infer.GraphForm;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.file.TokenVectorTable;
import dev.embedding.tokenize.TokenizedText;
import dev.embedding.vector.VectorNorm;
import dev.embedding.vector.VectorSteps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Encoder for static embeddings, a table of token vectors: a text's vector is the mean of its tokens' vectors, and zero
 * without tokens. Sums are computed in single precision and in the tokens' order, as in sentence-transformers.
 */
final class StaticEncoder implements ModelEncoder {

    private final ModelDescription model;
    private final TokenVectorTable table;
    private final VectorSteps steps;
    private final int dimension;
    /** A buffer for one token's vector per lane. */
    private final List<float[]> buffers;

    private StaticEncoder(
            ModelDescription model, TokenVectorTable table, VectorSteps steps, int dimension, int laneThreads) {
        this.model = model;
        this.table = table;
        this.steps = steps;
        this.dimension = dimension;
        this.buffers = Stream.generate(() -> new float[table.dimension()])
                .limit(laneThreads)
                .toList();
    }

    /** @throws ModelUnavailableException when the table cannot be read or has no finite vector for a token */
    static StaticEncoder open(ModelDescription model, ModelHost host, InputTokenizer tokenizer) {
        try {
            TokenVectorTable table = TokenVectorTable.open(model.weights());
            requireVectors(model, table, tokenizer.ids());
            VectorSteps steps = PostPoolingSteps.of(model);
            return new StaticEncoder(model, table, steps, steps.dimension(table.dimension()), host.laneThreads());
        } catch (IOException | IllegalArgumentException failure) {
            throw new ModelUnavailableException("Model " + model.name() + ": " + failure.getMessage(), failure);
        }
    }

    private static void requireVectors(ModelDescription model, TokenVectorTable table, BitSet ids) throws IOException {
        Path file = model.weights().getFileName();
        if (ids.length() > table.tokens()) {
            throw new IOException(file + " has vectors for " + table.tokens() + " tokens, but "
                    + model.tokenization().file().getFileName() + " has ids up to " + (ids.length() - 1)
                    + ": fetch or save both again, they belong to different models");
        }
        float[] vector = new float[table.dimension()];
        for (int id = ids.nextSetBit(0); id >= 0; id = ids.nextSetBit(id + 1)) {
            table.read(id, vector);
            if (!VectorNorm.isFinite(vector)) {
                throw new IOException(file + " has NaN or infinite numbers in the vector of token " + id);
            }
        }
    }

    @Override
    public List<Output> outputs(List<TokenizedText> rows, BatchRun run, Runnable onAbandoned) {
        List<Output> outputs = new ArrayList<>(rows.size());
        for (TokenizedText text : rows) {
            float[] vector = steps.apply(mean(text.ids(), buffers.get(run.lane())));
            outputs.add(new Output.Dense(vector, text.ids().length, text.truncated()));
        }
        return outputs;
    }

    private float[] mean(int[] ids, float[] token) {
        float[] mean = new float[table.dimension()];
        for (int id : ids) {
            table.read(id, token);
            for (int component = 0; component < mean.length; component++) {
                mean[component] += token[component];
            }
        }
        float count = Math.max(1, ids.length);
        for (int component = 0; component < mean.length; component++) {
            mean[component] /= count;
        }
        return mean;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public String pooling() {
        return model.pooling();
    }

    @Override
    public String device() {
        return "cpu";
    }

    @Override
    public String executionProvider() {
        return "none";
    }

    /** No fallback: table lookups always run on the CPU, whatever device is requested. */
    @Override
    public Optional<String> deviceFallback() {
        return Optional.empty();
    }

    @Override
    public Optional<GraphForm> graphForm() {
        return Optional.empty();
    }

    @Override
    public BatchingDefaults batchingDefaults() {
        return BatchingDefaults.ofTable();
    }

    /** Always, as there is no padding. */
    @Override
    public boolean packsTokens() {
        return true;
    }

    @Override
    public void allowWideRuns(boolean allowed) {}

    /** The table is unmapped when it is garbage-collected. */
    @Override
    public void close() {}
}
