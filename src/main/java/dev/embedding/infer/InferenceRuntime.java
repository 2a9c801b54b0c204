package dev.embedding.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.embedding.infer.runtime.EngineLibraries;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.support.CLibrary;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The process's one ONNX Runtime environment, with errors only in its log and telemetry to its vendor off. */
public final class InferenceRuntime {

    /** The smallest time limit of a run. */
    public static final Duration RUN_TIMEOUT = Duration.ofSeconds(30);

    private final OrtEnvironment environment;
    private final RunWatchdog watch;
    private final Duration runTimeout;
    private final UnaryOperator<BatchRunner> sessions;

    @GuardedBy("this")
    private @Nullable Boolean signedProductsExact;

    public InferenceRuntime() {
        this(RUN_TIMEOUT);
    }

    /** @param runTimeout a run that takes longer, and ten times longer than its tokens usually do, is terminated */
    public InferenceRuntime(Duration runTimeout) {
        this(runTimeout, RunWatchdog.start(), UnaryOperator.identity());
    }

    /** @param sessions replaces each session that is opened; tests inject faults with it */
    InferenceRuntime(Duration runTimeout, RunWatchdog watch, UnaryOperator<BatchRunner> sessions) {
        this.runTimeout = runTimeout;
        this.watch = watch;
        this.sessions = sessions;
        EngineLibraries.load();
        environment = OrtEnvironment.getEnvironment(EngineLibraries.LOG_LEVEL);
        keepUntilExit();
        try {
            environment.setTelemetry(false);
        } catch (OrtException failure) {
            throw new InferenceException("ONNX Runtime's telemetry cannot be switched off", failure);
        }
    }

    /**
     * Takes a second reference to the native environment. ONNX Runtime's Java binding releases its own in a shutdown
     * hook, which runs concurrently with the hook that drains this service: a run or a load in progress would use freed
     * memory and crash the process. There is no public way to order the two.
     */
    private static void keepUntilExit() {
        try {
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            api.setAccessible(true);
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), EngineLibraries.LOG_LEVEL.getValue(), OrtEnvironment.DEFAULT_NAME);
        } catch (ReflectiveOperationException | RuntimeException otherVersion) {
            System.getLogger(InferenceRuntime.class.getName())
                    .log(System.Logger.Level.WARNING, "Requests in flight may be lost at shutdown", otherVersion);
        }
    }

    /** Exits the process at once, whatever the engine is doing; an orderly exit would crash on a run that hangs. */
    public static void endProcess(int exitCode) {
        try {
            CLibrary.load()._exit(exitCode);
        } catch (LinkageError notPosix) {
            Runtime.getRuntime().halt(exitCode);
        }
    }

    public OrtEnvironment environment() {
        return environment;
    }

    /**
     * Whether the CPU's sums of products of unsigned and signed bytes are exact; tried once.
     *
     * @throws OrtException when the engine cannot multiply integers at all
     */
    public synchronized boolean sumsSignedProductsExactly() throws OrtException {
        if (signedProductsExact == null) {
            signedProductsExact = SaturationProbe.areExact(environment);
        }
        return signedProductsExact;
    }

    /** Puts a session under supervision. All runs of models go through the result. */
    SupervisedSession supervised(BatchRunner session) {
        return new SupervisedSession(sessions.apply(session), watch, runTimeout);
    }

    /** Runs that exceeded their limit and were told to stop. */
    public long terminatedRuns() {
        return watch.terminated();
    }

    /** Runs that did not stop even then; their threads and sessions are lost. */
    public long abandonedRuns() {
        return watch.abandoned();
    }

    /** Whether a run is far beyond its limit and could not even be abandoned. */
    public boolean isStuck() {
        return watch.isStuck();
    }

    /** Completes when so many runs were abandoned that the process should exit; dependent stages must not block. */
    public CompletionStage<Void> unrecoverable() {
        return watch.unrecoverable();
    }

    public String version() {
        return environment.getVersion();
    }
}
