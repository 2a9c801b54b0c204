package dev.embedding.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** ONNX Runtime as this process uses it: one environment, errors only in its log, telemetry to its vendor off. */
public final class InferenceRuntime {

    private final OrtEnvironment environment;

    public InferenceRuntime() {
        environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        try {
            environment.setTelemetry(false);
        } catch (OrtException failure) {
            throw new InferenceException("ONNX Runtime's telemetry cannot be switched off", failure);
        }
        deleteTelemetryLog();
    }

    /**
     * Creating the environment leaves an empty log of the telemetry library behind unless {@code ORT_DISABLE_TELEMETRY=1}
     * was set before the process started.
     */
    private static void deleteTelemetryLog() {
        String name = "mat-debug-" + ProcessHandle.current().pid() + ".log";
        try {
            Files.deleteIfExists(Path.of(System.getProperty("java.io.tmpdir"), name));
        } catch (IOException kept) {
            System.getLogger(InferenceRuntime.class.getName())
                    .log(System.Logger.Level.DEBUG, "The telemetry library's empty log stays", kept);
        }
    }

    OrtEnvironment environment() {
        return environment;
    }

    public String version() {
        return environment.getVersion();
    }
}
