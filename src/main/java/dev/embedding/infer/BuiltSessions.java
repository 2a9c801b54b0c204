package dev.embedding.infer;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.infer.architecture.BuiltGraph;
import dev.embedding.infer.architecture.UnsupportedArchitectureException;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.file.ModelWeights;
import dev.embedding.model.file.ModelWeights.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Opens sessions of a graph that was built. All of them read the weights where the files are mapped, which lasts until
 * the last session is closed.
 */
final class BuiltSessions implements Sessions {

    /** Where the engine looks for tensors that are named with their place in a file. */
    private static final String FOLDER_OF_WEIGHTS = "session.model_external_initializers_file_folder_path";

    /** Copying a smaller tensor costs nothing. */
    private static final long SMALLEST_SHARED = 1 << 20;

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
                        runtime, padTokenId, graph, graph.model().toByteArray(), new SharedWeights(weights));
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
        ModelWeights files = weights.retain();
        Map<String, OnnxTensor> tensors = new HashMap<>();
        Runnable release = () -> {
            tensors.values().forEach(OnnxTensor::close);
            weights.release();
        };
        try {
            addTensors(tensors, files);
            addInitializers(options, tensors);
            InferenceSession session = InferenceSession.open(runtime, model, options, padTokenId, release);
            files.giveBack(); // Most of it was copied into another order, and is not read again.
            return session;
        } catch (OrtException | RuntimeException | Error failure) {
            release.run();
            throw failure;
        }
    }

    private void addTensors(Map<String, OnnxTensor> tensors, ModelWeights files) throws OrtException {
        OrtEnvironment environment = runtime.environment();
        for (Tensor weight : graph.weights()) {
            if (weight.bytes() <= Integer.MAX_VALUE) {
                tensors.put(
                        weight.name(),
                        OnnxTensor.createTensor(environment, files.bytes(weight), shape(weight), type(weight.type())));
            }
        }
    }

    private static long[] shape(Tensor weight) {
        return Arrays.stream(weight.shape()).asLongStream().toArray();
    }

    private static OnnxJavaType type(ModelWeights.Type type) {
        return switch (type) {
            case F32 -> OnnxJavaType.FLOAT;
            case F16 -> OnnxJavaType.FLOAT16;
            case BF16 -> OnnxJavaType.BFLOAT16;
        };
    }

    /**
     * Gives the weights to a session. Large ones are read where they lie. Small ones, those that the engine computes
     * other constants from, and those in another folder are copied: it looks for them in the graph and not among the
     * given ones, and knows one folder only.
     */
    private void addInitializers(SessionOptions options, Map<String, OnnxTensor> tensors) throws OrtException {
        Path folder = folder(graph.weights().get(0));
        options.addConfigEntry(FOLDER_OF_WEIGHTS, folder.toString());
        Map<String, OnnxTensorLike> copied = new HashMap<>();
        for (Tensor weight : graph.weights()) {
            OnnxTensor tensor = tensors.get(weight.name());
            boolean isShared =
                    folder(weight).equals(folder) && !graph.isWidened(weight) && weight.bytes() >= SMALLEST_SHARED;
            if (tensor != null && isShared) {
                options.addInitializer(weight.name(), tensor);
            } else if (tensor != null) {
                copied.put(weight.name(), tensor);
            }
        }
        if (!copied.isEmpty()) {
            options.addExternalInitializers(copied);
        }
    }

    private static Path folder(Tensor weight) {
        return Objects.requireNonNull(weight.file().getParent());
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
