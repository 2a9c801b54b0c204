package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.infer.runtime.CudaProvider;
import dev.embedding.infer.runtime.EngineMessage;
import dev.embedding.infer.runtime.EngineOutOfMemoryException;
import dev.embedding.infer.runtime.IdleMemory;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.infer.runtime.NativeMemory;
import dev.embedding.support.UnusableDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model file, open on the requested device or, where that is not usable, on the CPU.
 *
 * <p>On the CPU every run computes on its caller's thread, and lanes overlap; a run that has the machine to itself may
 * use a second session over all cores. Both sessions compute the same vectors, up to rounding.
 */
public final class InferenceEngine implements AutoCloseable {

    private static final Duration WIDE_SESSION_IDLE_TIMEOUT = Duration.ofMinutes(5);

    /** Under load, runs follow each other within milliseconds, so no memory is returned only to be taken again. */
    private static final Duration ARENA_IDLE_TIMEOUT = Duration.ofSeconds(10);

    /**
     * Session option that turns signed 8-bit weights into unsigned ones, whose products no processor saturates. It does
     * so on every x86 processor, also where it only costs speed.
     */
    static final String EXACT_PRODUCTS = "session.x64quantprecision";

    private final SupervisedSession session;
    private final ExecutionTarget place;
    private final boolean packsTokens;
    private final boolean pools;
    private final @Nullable WideSession wide;
    private final IdleMemory idleMemory;
    private final @Nullable String fallbackReason;
    private final Sessions sessions;

    private InferenceEngine(
            Sessions sessions,
            SupervisedSession session,
            ExecutionTarget place,
            boolean packsTokens,
            boolean pools,
            @Nullable WideSession wide,
            @Nullable String fallbackReason) {
        this.sessions = sessions;
        this.session = session;
        this.place = place;
        this.packsTokens = packsTokens;
        this.pools = pools;
        this.wide = wide;
        this.idleMemory = new IdleMemory(onCpu(place, session, wide), ARENA_IDLE_TIMEOUT);
        this.fallbackReason = fallbackReason;
    }

    private static List<IdleMemory.Session> onCpu(
            ExecutionTarget place, SupervisedSession session, @Nullable WideSession wide) {
        if (place != ExecutionTarget.CPU) {
            return List.of();
        }
        return wide == null
                ? List.of(session::giveBackWhenIdle)
                : List.of(session::giveBackWhenIdle, wide::giveBackWhenIdle);
    }

    /**
     * Opens a model.
     *
     * @throws InferenceException when it is not a model that can be run
     */
    public static InferenceEngine open(InferenceRuntime runtime, GraphSource source, EngineOptions options) {
        Sessions sessions = sessions(runtime, source, options);
        try {
            return open(runtime, sessions, name(source), options);
        } catch (RuntimeException | Error failure) {
            sessions.close();
            throw failure;
        }
    }

    private static Sessions sessions(InferenceRuntime runtime, GraphSource source, EngineOptions options) {
        if (source instanceof GraphSource.Weights weights) {
            return BuiltSessions.of(runtime, weights, options.padTokenId());
        }
        if (source instanceof GraphSource.Quantized made) {
            return new QuantizedSessions(
                    runtime, made, options.padTokenId(), options.head().isPresent());
        }
        return new SessionOpener(
                runtime,
                ((GraphSource.OnnxFile) source).path(),
                options.padTokenId(),
                options.head(),
                options.comparison());
    }

    /** The first file, for messages. */
    private static Path name(GraphSource source) {
        if (source instanceof GraphSource.Weights weights) {
            return weights.files().get(0).getFileName();
        }
        Path file = source instanceof GraphSource.Quantized made ? made.path() : ((GraphSource.OnnxFile) source).path();
        return file.getFileName();
    }

    private static InferenceEngine open(InferenceRuntime runtime, Sessions opener, Path name, EngineOptions options) {
        String fallbackReason = null;
        if (options.device() != Device.CPU) {
            try {
                return onCuda(runtime, opener, options);
            } catch (OrtException | UnsatisfiedLinkError | UnusableDirectoryException failure) {
                fallbackReason = EngineMessage.of(failure);
            }
        }
        try {
            return onCpu(runtime, opener, options, fallbackReason);
        } catch (OrtException failure) {
            throw new InferenceException(name + " cannot be opened: " + EngineMessage.of(failure), failure);
        }
    }

    private static InferenceEngine onCuda(InferenceRuntime runtime, Sessions opener, EngineOptions options)
            throws OrtException {
        try (SessionOptions sessionOptions = CudaProvider.sessionOptions(options.gpuMemoryLimit())) {
            InferenceSession session = opener.open(sessionOptions, ExecutionTarget.CUDA);
            BatchRunner runner = options.device() == Device.AUTO
                    ? new CpuFallbackRunner(session, () -> openOnCpu(runtime, opener, options.cores()))
                    : session;
            return new InferenceEngine(
                    opener,
                    runtime.supervised(runner),
                    ExecutionTarget.CUDA,
                    session.packsTokens(),
                    session.pools(),
                    null,
                    null);
        }
    }

    private static InferenceEngine onCpu(
            InferenceRuntime runtime, Sessions opener, EngineOptions options, @Nullable String fallbackReason)
            throws OrtException {
        InferenceSession narrow = openOnCpu(runtime, opener, 1);
        NativeMemory.giveBack();
        WideSession wide = options.cores() == 1
                ? null
                : new WideSession(
                        () -> runtime.supervised(openOnCpu(runtime, opener, options.cores())),
                        WIDE_SESSION_IDLE_TIMEOUT);
        return new InferenceEngine(
                opener,
                runtime.supervised(narrow),
                ExecutionTarget.CPU,
                narrow.packsTokens(),
                narrow.pools(),
                wide,
                fallbackReason);
    }

    private static InferenceSession openOnCpu(InferenceRuntime runtime, Sessions opener, int threads)
            throws OrtException {
        return openOnCpu(opener, threads, !runtime.sumsSignedProductsExactly());
    }

    /** @param saturates whether this processor's products of signed 8-bit weights are to be avoided */
    static InferenceSession openOnCpu(Sessions opener, int threads, boolean saturates) throws OrtException {
        try (SessionOptions sessionOptions = new SessionOptions()) {
            sessionOptions.setIntraOpNumThreads(threads);
            sessionOptions.setInterOpNumThreads(1);
            // Shapes differ from run to run, so a plan made for one does not serve the next.
            sessionOptions.setMemoryPatternOptimization(false);
            // Spin while a lone run lasts, but never beside the lanes of the other session.
            sessionOptions.addConfigEntry("session.force_spinning_stop", "1");
            if (saturates) {
                sessionOptions.addConfigEntry(EXACT_PRODUCTS, "1");
            }
            return opener.open(sessionOptions, ExecutionTarget.CPU);
        } catch (OrtException failure) {
            if (!saturates) {
                throw failure;
            }
            // ONNX Runtime cannot convert weights that share a zero point.
            InferenceSession session = openOnCpu(opener, threads, false);
            System.getLogger(InferenceEngine.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "If its weights are in 8 bits, their products may saturate on this processor: {0}",
                            EngineMessage.of(failure));
            return session;
        }
    }

    /**
     * Runs one batch.
     *
     * @param alone whether nothing else runs or waits, so that all cores are free
     * @param onAbandoned called from another thread when the run does not end and is abandoned: the calling thread must
     *     be replaced, and the workspace must not be used before the run returns, if ever
     * @return token vectors, or one vector a row where the graph {@link #pools}, valid until the workspace's next run
     * @throws EngineOutOfMemoryException when memory ran out
     * @throws InferenceException when the run failed otherwise
     */
    public TokenVectors run(TokenBatch batch, Workspace workspace, boolean alone, Runnable onAbandoned) {
        try {
            TokenVectors vectors = null;
            if (alone && wide != null) {
                vectors = wide.tryRun(batch, workspace, onAbandoned);
            }
            if (vectors == null) {
                vectors = session.tryRun(batch, workspace, onAbandoned);
            }
            if (vectors == null) {
                throw new InferenceException("The model is closed", null);
            }
            return vectors;
        } catch (OutOfMemoryError failure) {
            throw new EngineOutOfMemoryException("The Java heap has no room for a batch", failure);
        } catch (OrtException failure) {
            String message = "The model could not compute a batch: " + EngineMessage.of(failure);
            throw EngineMessage.isOutOfMemory(failure)
                    ? new EngineOutOfMemoryException(message, failure)
                    : new InferenceException(message, failure);
        }
    }

    public ExecutionTarget place() {
        return place;
    }

    /** Whether padding costs in attention only; otherwise it costs as much as a token does. */
    public boolean packsTokens() {
        return packsTokens;
    }

    /** Whether the graph pools: a run gives one vector a row. */
    public boolean pools() {
        return pools;
    }

    /** How the graph that runs came about. */
    public GraphForm graphForm() {
        return sessions.form();
    }

    /** Why the requested device is not the one that runs; empty when it is. */
    public Optional<String> fallbackReason() {
        return Optional.ofNullable(fallbackReason);
    }

    public int dimension() {
        return session.dimension();
    }

    /** Whether lone runs use all cores at this moment. */
    public boolean isWide() {
        return wide != null && wide.isOpen();
    }

    /** Allows lone runs to use all cores, or forbids it, which is the default. */
    public void allowWideRuns(boolean allowed) {
        if (wide != null) {
            wide.allow(allowed);
        }
    }

    /** Waits for running batches; a session that an abandoned run holds stays open. */
    @Override
    public void close() {
        idleMemory.close();
        if (wide != null) {
            wide.close();
        }
        session.close();
        sessions.close();
        NativeMemory.giveBack();
    }
}
