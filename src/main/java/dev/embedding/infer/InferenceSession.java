package dev.embedding.infer;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.embedding.infer.onnx.HeadNodes;
import dev.embedding.infer.runtime.InferenceException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An ONNX Runtime session of an encoder model. A run takes a batch of token ids and gives a vector for each token, for
 * each text's first token, or, where the graph pools, for each text.
 *
 * <p>Runs may overlap; each needs a workspace of its own. Closing the session during a run crashes the process, so an
 * engine closes it through a {@link SupervisedSession}, which counts the runs.
 */
public final class InferenceSession implements BatchRunner {

    /** Names of the output with the token vectors, the likeliest first. */
    public static final List<String> KNOWN_OUTPUTS = List.of("last_hidden_state", "token_embeddings");
    /** Name of the output with one vector a text; used where it is requested, or there are no token vectors. */
    private static final String POOLED_OUTPUT = HeadNodes.OUTPUT;

    /** Run option that frees unused memory of the CPU arena at the end of the run. */
    private static final Map<String, String> SHRINKING = Map.of("memory.enable_memory_arena_shrinkage", "cpu:0");

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final SessionInputs inputs;
    private final String output;
    private final int dimension;
    private final boolean pools;
    private final boolean oneVectorPerRow;
    private final boolean halfPrecision;
    private final int padTokenId;
    private final boolean packsTokens;
    private final Runnable onClosed;

    private InferenceSession(
            OrtEnvironment environment,
            OrtSession session,
            int padTokenId,
            boolean packsTokens,
            GraphOutput requestedOutput,
            Runnable onClosed)
            throws OrtException {
        this.onClosed = onClosed;
        this.environment = environment;
        this.session = session;
        this.padTokenId = padTokenId;
        this.packsTokens = packsTokens;
        this.inputs = new SessionInputs(environment, session.getInputInfo(), padTokenId);
        Map<String, NodeInfo> outputs = session.getOutputInfo();
        Stream<String> tokens = requestedOutput == GraphOutput.TEXTS ? Stream.of() : KNOWN_OUTPUTS.stream();
        this.output = Stream.concat(tokens, Stream.of(POOLED_OUTPUT))
                .filter(outputs::containsKey)
                .findFirst()
                .orElseThrow(() -> new InferenceException(
                        "The ONNX model has the outputs " + outputs.keySet() + ", but none of " + KNOWN_OUTPUTS + " or "
                                + POOLED_OUTPUT,
                        null));
        this.pools = output.equals(POOLED_OUTPUT);
        if (!(Objects.requireNonNull(outputs.get(output)).getInfo() instanceof TensorInfo tensor)) {
            throw new InferenceException("The ONNX model's output " + output + " is not a tensor", null);
        }
        long[] shape = shape(tensor);
        this.oneVectorPerRow = pools || shape[1] == 1;
        this.halfPrecision = tensor.type == OnnxJavaType.FLOAT16;
        long declared = shape[shape.length - 1];
        this.dimension = Math.toIntExact(declared > 0 ? declared : computedDimension());
    }

    /**
     * Opens a model file.
     *
     * @param packsTokens whether the graph computes padding in attention only
     * @throws OrtException when ONNX Runtime cannot open it, for example because the provider in the options is not
     *     usable
     * @throws InferenceException when the model is not an encoder that this class can run
     */
    public static InferenceSession open(
            InferenceRuntime runtime,
            Path file,
            OrtSession.SessionOptions options,
            int padTokenId,
            boolean packsTokens,
            GraphOutput requestedOutput)
            throws OrtException {
        OrtEnvironment environment = runtime.environment();
        OrtSession session = environment.createSession(file.toString(), options);
        try {
            return new InferenceSession(environment, session, padTokenId, packsTokens, requestedOutput, () -> {});
        } catch (OrtException | RuntimeException failure) {
            session.close();
            throw failure;
        }
    }

    /**
     * Opens a graph in memory.
     *
     * @param packsTokens whether the graph computes padding in attention only
     * @param onClosed called when the session is closed, and does not read the weights any more
     * @throws OrtException when ONNX Runtime cannot open it
     */
    public static InferenceSession open(
            InferenceRuntime runtime,
            byte[] graph,
            OrtSession.SessionOptions options,
            int padTokenId,
            boolean packsTokens,
            GraphOutput requestedOutput,
            Runnable onClosed)
            throws OrtException {
        OrtEnvironment environment = runtime.environment();
        OrtSession session = environment.createSession(graph, options);
        try {
            return new InferenceSession(environment, session, padTokenId, packsTokens, requestedOutput, onClosed);
        } catch (OrtException | RuntimeException failure) {
            session.close();
            throw failure;
        }
    }

    private long[] shape(TensorInfo tensor) {
        long[] shape = tensor.getShape();
        if (tensor.type != OnnxJavaType.FLOAT && tensor.type != OnnxJavaType.FLOAT16) {
            throw new InferenceException(
                    "The ONNX model's output " + output + " is of type " + tensor.type + ", which is not supported",
                    null);
        }
        boolean fits = pools ? shape.length == 2 : shape.length == 3 && shape[2] > 0;
        if (!fits) {
            throw new InferenceException(
                    "The ONNX model's output " + output + " is not of the shape "
                            + (pools ? "[batch, dimension]" : "[batch, sequence, dimension]"),
                    null);
        }
        return shape;
    }

    /** Finds the dimension by a run of one token: exporters often leave that of a pooled output open. */
    private long computedDimension() throws OrtException {
        Map<String, OnnxTensor> tensors =
                inputs.tensors(TokenBatch.of(List.of(new int[] {padTokenId})), new Workspace());
        try (OrtSession.Result result = session.run(tensors, Set.of(output))) {
            long[] shape = ((OnnxTensor) result.get(0)).getInfo().getShape();
            return shape[shape.length - 1];
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public int dimension() {
        return dimension;
    }

    /** Whether the graph pools: its output is one vector a text, whatever the number of tokens. */
    boolean pools() {
        return pools;
    }

    /** Whether padding costs in attention only. */
    boolean packsTokens() {
        return packsTokens;
    }

    @Override
    public TokenVectors run(TokenBatch batch, Workspace workspace, RunTermination termination) throws OrtException {
        return run(batch, workspace, termination, Map.of());
    }

    /** Runs one token: the arena shrinks only at the end of a run that requests it. */
    @Override
    public void giveBack(RunTermination termination) throws OrtException {
        TokenBatch least = TokenBatch.of(List.of(new int[] {padTokenId}));
        TokenVectors unused = run(least, new Workspace(), termination, SHRINKING);
    }

    private TokenVectors run(
            TokenBatch batch, Workspace workspace, RunTermination termination, Map<String, String> configuration)
            throws OrtException {
        int rows = batch.rows().size();
        int vectorsOfRow = oneVectorPerRow ? 1 : batch.longest();
        var vectors = workspace.output(rows * vectorsOfRow, dimension);
        Map<String, OnnxTensor> tensors = inputs.tensors(batch, workspace);
        try (OrtSession.RunOptions options = new OrtSession.RunOptions()) {
            for (Map.Entry<String, String> entry : configuration.entrySet()) {
                options.addRunConfigEntry(entry.getKey(), entry.getValue());
            }
            termination.onRequest(() -> terminate(options));
            try {
                if (halfPrecision) {
                    convert(tensors, vectors, options);
                } else {
                    long[] shape = pools ? new long[] {rows, dimension} : new long[] {rows, vectorsOfRow, dimension};
                    compute(tensors, vectors, shape, options);
                }
            } finally {
                termination.runEnded(); // INVARIANT: options are not touched any more once they are closed.
            }
            return new TokenVectors(vectors, vectorsOfRow, dimension);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    /** Ends the run before its next node; a node in progress is not interrupted. */
    private static void terminate(OrtSession.RunOptions options) {
        try {
            options.setTerminate(true);
        } catch (OrtException failure) {
            throw new InferenceException("A run could not be terminated", failure);
        }
    }

    /**
     * Pins the output, so that ONNX Runtime writes into the workspace's buffer instead of allocating one for each run.
     */
    private void compute(
            Map<String, OnnxTensor> tensors, FloatBuffer vectors, long[] shape, OrtSession.RunOptions options)
            throws OrtException {
        try (OnnxTensor result = OnnxTensor.createTensor(environment, vectors, shape)) {
            session.run(tensors, Set.of(), Map.of(output, result), options).close();
        }
    }

    private void convert(Map<String, OnnxTensor> tensors, FloatBuffer vectors, OrtSession.RunOptions options)
            throws OrtException {
        try (OrtSession.Result result = session.run(tensors, Set.of(output), options)) {
            vectors.put(((OnnxTensor) result.get(0)).getFloatBuffer());
            vectors.flip();
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException failure) {
            throw new InferenceException("A session could not be closed", failure);
        }
        onClosed.run();
    }
}
