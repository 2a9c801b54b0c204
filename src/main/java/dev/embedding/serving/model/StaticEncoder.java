package dev.embedding.serving.model;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.file.TokenVectorTable;
import dev.embedding.vector.VectorNorm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A table of token vectors: a text's vector is their mean, and that of a text without tokens is zero. Sums are formed in
 * single precision and in the tokens' order, as in sentence-transformers.
 */
final class StaticEncoder implements ModelEncoder {

    private final ModelDescription model;
    private final TokenVectorTable table;
    private final PostPoolingSteps steps;
    /** For each lane room for one token's vector. */
    private final List<float[]> rooms;

    private StaticEncoder(ModelDescription model, TokenVectorTable table, PostPoolingSteps steps, int laneNumbers) {
        this.model = model;
        this.table = table;
        this.steps = steps;
        this.rooms = Stream.generate(() -> new float[table.dimension()])
                .limit(laneNumbers)
                .toList();
    }

    /** @throws ModelUnavailableException when the table is none, or lacks the vector of a token */
    static StaticEncoder open(ModelDescription model, ModelHost host, InputTokenizer tokenizer) {
        try {
            TokenVectorTable table = TokenVectorTable.open(model.weights());
            requireVectors(model, table, tokenizer.ids());
            return new StaticEncoder(model, table, PostPoolingSteps.of(model, table.dimension()), host.laneNumbers());
        } catch (IOException failure) {
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
    public List<float[]> vectors(List<EncodedText> rows, BatchRun run, Runnable onAbandoned) {
        List<float[]> vectors = new ArrayList<>(rows.size());
        for (EncodedText text : rows) {
            vectors.add(steps.apply(mean(text.ids(), rooms.get(run.lane()))));
        }
        return vectors;
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
        return steps.dimension();
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

    /** Looking tokens up on the CPU is what is requested, whatever device encoders are to run on. */
    @Override
    public Optional<String> deviceFallback() {
        return Optional.empty();
    }

    @Override
    public BatchingDefaults profile() {
        return BatchingDefaults.ofTable();
    }

    /** There is no padding at all. */
    @Override
    public boolean packsTokens() {
        return true;
    }

    @Override
    public void allowWideRuns(boolean allowed) {}

    /** The table is unmapped when it is collected. */
    @Override
    public void close() {}
}
