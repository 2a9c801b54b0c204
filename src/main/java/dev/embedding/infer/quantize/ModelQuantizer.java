package dev.embedding.infer.quantize;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.infer.GraphOutput;
import dev.embedding.infer.InferenceRuntime;
import dev.embedding.infer.InferenceSession;
import dev.embedding.infer.RunTermination;
import dev.embedding.infer.TokenBatch;
import dev.embedding.infer.Workspace;
import dev.embedding.infer.runtime.EngineMessage;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.infer.runtime.NativeMemory;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
            this.signedWeights = SaturationProbe.areExact(runtime);
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
     * @param source an ONNX file in fp32 that holds all its weights
     * @param fine whether to be nearer to fp32 at the cost of speed
     * @param firstTokenOnly whether only the first token's vector of each text is read
     */
    public record Task(Path source, boolean fine, boolean firstTokenOnly, int padTokenId) {}

    /**
     * Writes the quantized model.
     *
     * @param texts token ids of the calibration texts
     * @param target the file to write; its directory also takes temporary files
     * @param pause called between the steps; an exception from it aborts the work
     * @throws InferenceException when the model cannot be quantized
     */
    public void quantize(Task task, List<int[]> texts, Path target, Runnable pause) throws IOException {
        GraphQuantizer quantizer = new GraphQuantizer(
                task.source(),
                new QuantizationOptions(
                        task.fine(), task.firstTokenOnly(), signedWeights, InferenceSession.KNOWN_OUTPUTS));
        pause.run();
        float[] largest = largest(quantizer, task, texts, target.resolveSibling(target.getFileName() + ".f32"), pause);
        quantizer.writeQuantized(target, largest, new ParallelParts(cores, pause));
        NativeMemory.giveBack();
        pause.run();
    }

    private float[] largest(GraphQuantizer quantizer, Task task, List<int[]> texts, Path file, Runnable pause)
            throws IOException {
        try {
            quantizer.writeCalibration(file);
            try (SessionOptions options = new SessionOptions()) {
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                options.setMemoryPatternOptimization(false);
                try (InferenceSession session =
                        InferenceSession.open(runtime, file, options, task.padTokenId(), false, GraphOutput.TOKENS)) {
                    Files.delete(file);
                    return largest(session, texts, pause);
                }
            }
        } catch (OrtException failure) {
            throw new InferenceException(EngineMessage.of(failure), failure);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private float[] largest(InferenceSession session, List<int[]> texts, Runnable pause) {
        float[] largest = new float[session.dimension()];
        ThreadLocal<Workspace> workspace = ThreadLocal.withInitial(Workspace::new);
        new ParallelParts(cores, pause).run(texts.size(), index -> {
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
