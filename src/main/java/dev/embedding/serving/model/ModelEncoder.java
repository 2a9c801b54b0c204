package dev.embedding.serving.model;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import java.util.List;
import java.util.Optional;

/** Computes vectors of token ids; one implementation for each kind of model. Runs on different lanes overlap. */
sealed interface ModelEncoder extends AutoCloseable permits OnnxEncoder, StaticEncoder {

    /**
     * Opens a model's weights.
     *
     * @param tokenizer whose ids it takes
     * @param findings what checks have found out about this model before
     * @throws ModelUnavailableException when they do not fit the model's description
     * @throws InferenceException when the engine cannot open them
     */
    static ModelEncoder open(
            ModelDescription model,
            ModelOptions options,
            ModelHost host,
            InputTokenizer tokenizer,
            CheckResults.OfModel findings) {
        return switch (model.kind()) {
            case TRANSFORMER -> OnnxEncoder.open(model, options, host, tokenizer, findings);
            case STATIC -> StaticEncoder.open(model, host, tokenizer);
        };
    }

    /**
     * Computes one batch.
     *
     * @param rows what the model sees of each text
     * @param onAbandoned called from elsewhere when the computation does not end; its lane is replaced then
     * @return a vector for each row, in order: pooled, and through the modules behind the pooling, but for a Normalize at
     *     their end
     */
    List<float[]> vectors(List<EncodedText> rows, BatchRun run, Runnable onAbandoned);

    int dimension();

    /** How the vectors of tokens become one; {@code graph} where the ONNX model does it. */
    String pooling();

    /** What runs: {@code cpu} or {@code cuda}. */
    String device();

    /** ONNX Runtime's name of what runs, as {@code CPUExecutionProvider}; {@code none} where it is not used. */
    String executionProvider();

    /** Why the device that was requested does not run; empty when it does. */
    Optional<String> deviceFallback();

    BatchingDefaults profile();

    /** Whether padding costs in attention only. */
    boolean packsTokens();

    /** Whether a lone run may use all cores, where that takes memory. */
    void allowWideRuns(boolean allowed);

    /** Waits for the runs inside, but for those that were given up. */
    @Override
    void close();
}
