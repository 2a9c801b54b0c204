package dev.embedding.serving.model;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.infer.GraphForm;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.tokenize.TokenizedText;
import java.util.List;
import java.util.Optional;

/** Computation of outputs from token ids, one implementation per kind of model. Lanes call it concurrently. */
sealed interface ModelEncoder extends AutoCloseable permits OnnxEncoder, StaticEncoder {

    /**
     * Opens a model's weights.
     *
     * @param tokenizer source of the token ids
     * @param results stored results of checks of this model
     * @throws ModelUnavailableException when the weights do not match the model's description
     * @throws InferenceException when the engine cannot open the weights
     */
    static ModelEncoder open(
            ModelDescription model,
            ModelOptions options,
            ModelHost host,
            InputTokenizer tokenizer,
            CheckResults.OfModel results) {
        return switch (model.kind()) {
            case TRANSFORMER -> OnnxEncoder.open(model, options, host, tokenizer, results);
            case STATIC -> StaticEncoder.open(model, host, tokenizer);
        };
    }

    /**
     * Computes one batch.
     *
     * @param rows token ids of each text
     * @param onAbandoned called from another thread when the run does not end and its lane is replaced
     * @return an output for each row, in order; dense vectors are pooled, and after the modules that follow the pooling,
     *     except a final Normalize
     */
    List<Output> outputs(List<TokenizedText> rows, BatchRun run, Runnable onAbandoned);

    int dimension();

    /** Pooling mode; {@code graph} where the ONNX model pools. */
    String pooling();

    /** Device in use: {@code cpu} or {@code cuda}. */
    String device();

    /** ONNX Runtime's execution provider, such as {@code CPUExecutionProvider}; {@code none} where it is not used. */
    String executionProvider();

    /** Reason for the fallback from the requested device; empty when that is in use. */
    Optional<String> deviceFallback();

    /** How the graph that runs came about; empty where there is none. */
    Optional<GraphForm> graphForm();

    BatchingDefaults batchingDefaults();

    /** Whether padding costs in attention only. */
    boolean packsTokens();

    /** Sets whether a lone run may use all cores, where that needs more memory. */
    void allowWideRuns(boolean allowed);

    /** Waits for running batches, except abandoned ones, and frees the engine. */
    @Override
    void close();
}
