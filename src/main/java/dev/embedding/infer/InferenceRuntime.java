package dev.embedding.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.embedding.infer.runtime.EngineLibraries;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.support.CLibrary;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** ONNX Runtime as this process uses it: one environment, errors only in its log, telemetry to its vendor off. */
public final class InferenceRuntime {

    /** How long a run may take at least. */
    public static final Duration RUN_TIMEOUT = Duration.ofSeconds(30);

    private final OrtEnvironment environment;
    private final RunWatchdog watch;
    private final Duration runTimeout;
    private final UnaryOperator<BatchRunner> sessions;

    public InferenceRuntime() {
        this(RUN_TIMEOUT);
    }

    /** @param runTimeout a run that takes longer, and ten times longer than its tokens usually do, is terminated */
    public InferenceRuntime(Duration runTimeout) {
        this(runTimeout, RunWatchdog.start(), UnaryOperator.identity());
    }

    /** @param sessions what is put in place of each session that is opened; tests put what goes wrong there */
    InferenceRuntime(Duration runTimeout, RunWatchdog watch, UnaryOperator<BatchRunner> sessions) {
        this.runTimeout = runTimeout;
        this.watch = watch;
        this.sessions = sessions;
        EngineLibraries.load();
        environment = OrtEnvironment.getEnvironment(EngineLibraries.LOGGED);
        keepUntilExit();
        try {
            environment.setTelemetry(false);
        } catch (OrtException failure) {
            throw new InferenceException("ONNX Runtime's telemetry cannot be switched off", failure);
        }
    }

    /**
     * Takes a second reference to the native environment. ONNX Runtime's Java part gives its own one back in a shutdown
     * hook, which runs beside the hook that drains this service: what still computes or loads at that time would use
     * freed memory and crash the process. There is no public way to order the two.
     */
    private static void keepUntilExit() {
        try {
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            api.setAccessible(true);
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), EngineLibraries.LOGGED.getValue(), OrtEnvironment.DEFAULT_NAME);
        } catch (ReflectiveOperationException | RuntimeException otherVersion) {
            System.getLogger(InferenceRuntime.class.getName())
                    .log(System.Logger.Level.WARNING, "Requests in flight may be lost at shutdown", otherVersion);
        }
    }

    /** Ends the process, whatever the engine is doing; an orderly end would crash on a computation that hangs. */
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

    /** All runs of models go through what this gives. */
    SupervisedSession watched(BatchRunner session) {
        return new SupervisedSession(sessions.apply(session), watch, runTimeout);
    }

    /** Runs that took too long and were told to stop. */
    public long terminatedRuns() {
        return watch.terminated();
    }

    /** Runs that did not stop even then; their threads and sessions are lost. */
    public long abandonedRuns() {
        return watch.abandoned();
    }

    /** Whether a run is far beyond its limit and could not even be given up. */
    public boolean isStuck() {
        return watch.isStuck();
    }

    /** Completes when so many runs were given up that the process should end; what follows must not block. */
    public CompletionStage<Void> unrecoverable() {
        return watch.unrecoverable();
    }

    public String version() {
        return environment.getVersion();
    }
}
