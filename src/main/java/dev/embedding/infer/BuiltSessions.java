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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Opens sessions of a graph that was built. All of them read the weights where the files are mapped, which lasts until
 * the last session is closed.
 */
final class BuiltSessions implements Sessions {

    /** Where the engine looks for tensors that are named with their place in a file. */
    private static final String FOLDER_OF_WEIGHTS = "session.model_external_initializers_file_folder_path";

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
        try {
            Map<String, OnnxTensor> tensors = tensors(files);
            try {
                addInitializers(options, tensors);
                return InferenceSession.open(runtime, model, options, padTokenId, () -> {
                    close(tensors);
                    weights.release();
                });
            } catch (OrtException | RuntimeException | Error failure) {
                close(tensors);
                throw failure;
            }
        } catch (OrtException | RuntimeException | Error failure) {
            weights.release();
            throw failure;
        }
    }

    private Map<String, OnnxTensor> tensors(ModelWeights files) throws OrtException {
        OrtEnvironment environment = runtime.environment();
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            for (Tensor weight : graph.weights()) {
                if (weight.bytes() <= Integer.MAX_VALUE) {
                    tensors.put(
                            weight.name(),
                            OnnxTensor.createTensor(
                                    environment, files.bytes(weight), shape(weight), type(weight.type())));
                }
            }
            return tensors;
        } catch (OrtException | RuntimeException | Error failure) {
            close(tensors);
            throw failure;
        }
    }

    private static long[] shape(Tensor weight) {
        long[] shape = new long[weight.shape().length];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = weight.shape()[axis];
        }
        return shape;
    }

    private static OnnxJavaType type(ModelWeights.Type type) {
        return switch (type) {
            case F32 -> OnnxJavaType.FLOAT;
            case F16 -> OnnxJavaType.FLOAT16;
            case BF16 -> OnnxJavaType.BFLOAT16;
        };
    }

    private void addInitializers(SessionOptions options, Map<String, OnnxTensor> tensors) throws OrtException {
        if (!tensors.isEmpty()) {
            options.addExternalInitializers(Map.<String, OnnxTensorLike>copyOf(tensors));
        }
        Set<Path> folders = graph.weights().stream()
                .filter(weight -> !tensors.containsKey(weight.name()))
                .map(weight -> weight.file().toAbsolutePath().getParent())
                .collect(Collectors.toSet());
        for (Path folder : List.copyOf(folders)) {
            options.addConfigEntry(FOLDER_OF_WEIGHTS, folder.toString());
        }
    }

    private static void close(Map<String, OnnxTensor> tensors) {
        tensors.values().forEach(OnnxTensor::close);
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
