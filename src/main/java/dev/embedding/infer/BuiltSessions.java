package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.infer.architecture.BuiltGraph;
import dev.embedding.infer.architecture.UnsupportedArchitectureException;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.file.MappedFiles;
import dev.embedding.model.file.ModelWeights;
import java.io.IOException;

/**
 * Opens sessions of a graph that was built. All of them read the weights where the files are mapped, which lasts until
 * the last session is closed.
 */
final class BuiltSessions implements Sessions {

    private final InferenceRuntime runtime;
    private final int padTokenId;
    private final BuiltGraph graph;
    private final byte[] model;
    private final SharedWeights weights;

    private BuiltSessions(
            InferenceRuntime runtime, int padTokenId, BuiltGraph graph, byte[] model, SharedWeights weights) {
        this.runtime = runtime;
        this.padTokenId = padTokenId;
        this.graph = graph;
        this.model = model;
        this.weights = weights;
    }

    /** @throws InferenceException when the graph cannot be built */
    static BuiltSessions of(InferenceRuntime runtime, GraphSource.Weights source, int padTokenId) {
        try {
            ModelWeights weights = ModelWeights.open(source.files());
            try {
                BuiltGraph graph = BuiltGraph.of(source.config(), weights, source.head());
                return new BuiltSessions(
                        runtime, padTokenId, graph, graph.model().toByteArray(), new SharedWeights(weights.files()));
            } catch (RuntimeException | Error failure) {
                weights.close();
                throw failure;
            }
        } catch (IOException | UnsupportedArchitectureException failure) {
            throw new InferenceException(String.valueOf(failure.getMessage()), failure);
        }
    }

    @Override
    public InferenceSession open(SessionOptions options, ExecutionTarget place) throws OrtException {
        MappedFiles files = weights.retain();
        try {
            return open(options, files);
        } catch (OrtException | RuntimeException | Error failure) {
            weights.release();
            throw failure;
        }
    }

    private InferenceSession open(SessionOptions options, MappedFiles files) throws OrtException {
        MappedInitializers initializers = new MappedInitializers(runtime, graph.weights(), graph.widened(), files);
        Runnable release = () -> {
            initializers.close();
            weights.release();
        };
        try {
            initializers.addTo(options);
            InferenceSession session =
                    InferenceSession.open(runtime, model, options, padTokenId, true, GraphOutput.TEXTS, release);
            files.giveBack(); // Most of it was copied into another order, and is not read again.
            return session;
        } catch (OrtException | RuntimeException | Error failure) {
            initializers.close();
            throw failure;
        }
    }

    @Override
    public GraphForm form() {
        return GraphForm.BUILT;
    }

    @Override
    public void close() {
        weights.release();
    }
}
