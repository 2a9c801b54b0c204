package dev.embedding.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The model in ONNX Runtime with nothing around it: token ids in direct buffers, the output pinned, no queue. */
final class BareEngine implements AutoCloseable {

    private static final String OUTPUT = "last_hidden_state";

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final int dimension;

    private BareEngine(Path model, OrtSession.SessionOptions options) throws OrtException {
        environment = environment();
        session = environment.createSession(model.toString(), options);
        dimension = (int) ((TensorInfo) session.getOutputInfo().get(OUTPUT).getInfo()).getShape()[2];
    }

    private static OrtEnvironment environment() throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        environment.setTelemetry(false);
        return environment;
    }

    static String version() throws OrtException {
        return environment().getVersion();
    }

    /** For several callers at the same time, each computing on its own thread. */
    static BareEngine forManyCallers(Path model) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            // Shapes differ from run to run, so a plan made for one does not serve the next.
            options.setMemoryPatternOptimization(false);
            return new BareEngine(model, options);
        }
    }

    /** For a single caller that has all cores to itself; all else as ONNX Runtime has it by default. */
    static BareEngine forLoneCaller(Path model, int cores) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(cores);
            return new BareEngine(model, options);
        }
    }

    /** Callers that take the batches in turn, each with buffers of its own. */
    List<Caller> callers(int count, Rotation<RowBatch> batches) {
        List<Caller> callers = new ArrayList<>();
        for (int caller = 0; caller < count; caller++) {
            RowBuffers buffers = new RowBuffers(batches.items(), dimension);
            callers.add(() -> {
                RowBatch batch = batches.next();
                run(batch, buffers);
                return batch.tokens();
            });
        }
        return callers;
    }

    private void run(RowBatch batch, RowBuffers buffers) throws OrtException {
        long[] shape = {batch.rows().size(), batch.longest()};
        long[] outputShape = {shape[0], shape[1], dimension};
        buffers.fill(batch);
        try (OnnxTensor ids = OnnxTensor.createTensor(environment, buffers.ids(), shape);
                OnnxTensor mask = OnnxTensor.createTensor(environment, buffers.mask(), shape);
                OnnxTensor types = OnnxTensor.createTensor(environment, buffers.types(), shape);
                OnnxTensor output = OnnxTensor.createTensor(environment, buffers.output(), outputShape)) {
            Map<String, OnnxTensor> inputs = Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types);
            session.run(inputs, Set.of(), Map.of(OUTPUT, output)).close();
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
