package dev.embedding.infer.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.infer.GraphOutput;
import dev.embedding.infer.GraphSource;
import dev.embedding.infer.InferenceRuntime;
import dev.embedding.infer.InferenceSession;
import dev.embedding.infer.MappedInitializers;
import dev.embedding.infer.RunTermination;
import dev.embedding.infer.TokenBatch;
import dev.embedding.infer.Workspace;
import dev.embedding.infer.runtime.EngineMessage;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.infer.runtime.NativeMemory;
import dev.embedding.model.file.ModelWeights.Tensor;
import dev.embedding.vector.VectorHead;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Quantizes fp32 models to 8 bits. Each run is computed on one thread, so that numbers are added in the same order on
 * every machine; several runs overlap.
 */
public final class ModelQuantizer {

    private final InferenceRuntime runtime;
    private final int cores;
    private final boolean signedWeights;

    /**
     * @param cores cores that it may use
     * @throws InferenceException when the engine cannot multiply integers at all
     */
    public ModelQuantizer(InferenceRuntime runtime, int cores) {
        this.runtime = runtime;
        this.cores = cores;
        try {
            this.signedWeights = runtime.sumsSignedProductsExactly();
        } catch (OrtException failure) {
            throw new InferenceException(EngineMessage.of(failure), failure);
        }
    }

    /** @param signedWeights form of the weights, whatever the processor computes exactly */
    ModelQuantizer(InferenceRuntime runtime, int cores, boolean signedWeights) {
        this.runtime = runtime;
        this.cores = cores;
        this.signedWeights = signedWeights;
    }

    /** Name of the form of the written weights. It depends on the processor; the vectors do not. */
    public String form() {
        return signedWeights ? "signed" : "unsigned";
    }

    /**
     * Options for quantizing one model.
     *
     * @param source a graph in floats; of an export, all weights are in fp32
     * @param head what is made from the token vectors, as the new graph's output where it can be; empty where they are
     *     read themselves, or the graph pools
     * @param fine whether to be nearer to fp32 at the cost of speed
     */
    public record Task(GraphSource source, Optional<VectorHead> head, boolean fine, int padTokenId) {}

    /**
     * Writes the quantized model.
     *
     * @param texts token ids of the calibration texts
     * @param target the file of the graph; its directory also takes the file of the weights
     * @param pause called between the steps; an exception from it aborts the work
     * @throws InferenceException when the model cannot be quantized
     */
    public QuantizedFile quantize(Task task, List<int[]> texts, Path target, Runnable pause) throws IOException {
        try {
            return quantized(task, texts, target, pause);
        } catch (InferenceException failure) {
            if (task.source() instanceof GraphSource.Weights || task.head().isEmpty()) {
                throw failure;
            }
            // The rewriting may have mistaken the export.
            Task asShipped = new Task(task.source(), Optional.empty(), task.fine(), task.padTokenId());
            return quantized(asShipped, texts, target, pause);
        }
    }

    private QuantizedFile quantized(Task task, List<int[]> texts, Path target, Runnable pause) throws IOException {
        ParallelParts parallel = new ParallelParts(cores, pause);
        pause.run();
        try (SourceGraph source = SourceGraph.open(task.source(), task.head())) {
            GraphQuantizer quantizer =
                    new GraphQuantizer(source, new QuantizationOptions(task.fine(), signedWeights), parallel);
            float[] largest = largest(source, quantizer.calibration(), task.padTokenId(), texts, parallel);
            return quantizer.write(target, largest);
        } catch (OrtException failure) {
            throw new InferenceException(EngineMessage.of(failure), failure);
        } finally {
            NativeMemory.giveBack();
        }
    }

    private float[] largest(
            SourceGraph source, ModelProto calibration, int padTokenId, List<int[]> texts, ParallelParts parallel)
            throws OrtException {
        Set<String> read = calibration.getGraph().getInitializerList().stream()
                .map(TensorProto::getName)
                .collect(Collectors.toSet());
        List<Tensor> weights = source.weights().stream()
                .filter(weight -> read.contains(weight.name()))
                .toList();
        try (SessionOptions options = new SessionOptions();
                MappedInitializers initializers =
                        new MappedInitializers(runtime, weights, source.widened(), source.files())) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setMemoryPatternOptimization(false);
            initializers.addTo(options);
            try (InferenceSession session = InferenceSession.open(
                    runtime, calibration.toByteArray(), options, padTokenId, true, GraphOutput.TOKENS, () -> {})) {
                return largest(session, texts, parallel);
            }
        }
    }

    private static float[] largest(InferenceSession session, List<int[]> texts, ParallelParts parallel) {
        float[] largest = new float[session.dimension()];
        ThreadLocal<Workspace> workspace = ThreadLocal.withInitial(Workspace::new);
        parallel.run(texts.size(), index -> {
            FloatBuffer ofText = largest(session, texts.get(index), workspace.get());
            synchronized (largest) {
                for (int component = 0; component < largest.length; component++) {
                    largest[component] = Math.max(largest[component], ofText.get(component));
                }
            }
        });
        return largest;
    }

    private static FloatBuffer largest(InferenceSession session, int[] text, Workspace workspace) {
        try {
            return session.run(TokenBatch.of(List.of(text)), workspace, new RunTermination())
                    .values();
        } catch (OrtException failure) {
            throw new InferenceException(EngineMessage.of(failure), failure);
        }
    }
}
