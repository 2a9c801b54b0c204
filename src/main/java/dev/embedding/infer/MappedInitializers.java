package dev.embedding.infer;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.model.file.MappedFiles;
import dev.embedding.model.file.ModelWeights;
import dev.embedding.model.file.ModelWeights.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The weights of one session, which reads them where the files are mapped: files and tensors must stay open as long as
 * the session.
 */
public final class MappedInitializers implements AutoCloseable {

    /** Copying a smaller tensor costs nothing. */
    private static final long SMALLEST_SHARED = 1 << 20;

    private final List<Tensor> weights;
    private final Set<String> widened;
    private final Map<String, OnnxTensor> tensors = new HashMap<>();

    /**
     * @param weights tensors that the graph names with their places in the files
     * @param widened names of those that the engine converts to 32-bit floats when it opens the graph
     */
    public MappedInitializers(InferenceRuntime runtime, List<Tensor> weights, Set<String> widened, MappedFiles files)
            throws OrtException {
        this.weights = weights;
        this.widened = widened;
        try {
            for (Tensor weight : weights) {
                if (weight.bytes() <= Integer.MAX_VALUE) {
                    tensors.put(
                            weight.name(),
                            OnnxTensor.createTensor(
                                    runtime.environment(), files.bytes(weight), shape(weight), type(weight.type())));
                }
            }
        } catch (OrtException | RuntimeException | Error failure) {
            close();
            throw failure;
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
    public void addTo(SessionOptions options) throws OrtException {
        if (weights.isEmpty()) {
            return;
        }
        Path folder = folder(weights.get(0));
        options.addConfigEntry(Sessions.FOLDER_OF_WEIGHTS, folder.toString());
        Map<String, OnnxTensorLike> copied = new HashMap<>();
        for (Tensor weight : weights) {
            OnnxTensor tensor = tensors.get(weight.name());
            boolean isShared = folder(weight).equals(folder)
                    && !widened.contains(weight.name())
                    && weight.bytes() >= SMALLEST_SHARED
                    && weight.start() % weight.type().bytes() == 0;
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
    public void close() {
        tensors.values().forEach(OnnxTensor::close);
        tensors.clear();
    }
}
