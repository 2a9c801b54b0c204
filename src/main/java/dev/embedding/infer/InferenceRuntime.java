package dev.embedding.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/** ONNX Runtime as this process uses it: one environment, errors only in its log, telemetry to its vendor off. */
public final class InferenceRuntime {

    private static final OrtLoggingLevel LOGGED = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;

    private final OrtEnvironment environment;

    public InferenceRuntime() {
        NativeMemory.shareArenas();
        EngineTelemetry.switchOff();
        environment = OrtEnvironment.getEnvironment(LOGGED);
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
            create.invoke(null, api.getLong(null), LOGGED.getValue(), OrtEnvironment.DEFAULT_NAME);
        } catch (ReflectiveOperationException | RuntimeException otherVersion) {
            System.getLogger(InferenceRuntime.class.getName())
                    .log(System.Logger.Level.WARNING, "Requests in flight may be lost at shutdown", otherVersion);
        }
    }

    OrtEnvironment environment() {
        return environment;
    }

    public String version() {
        return environment.getVersion();
    }
}
