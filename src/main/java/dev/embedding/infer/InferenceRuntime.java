package dev.embedding.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;

/** ONNX Runtime as this process uses it: one environment, errors only in its log, telemetry to its vendor off. */
public final class InferenceRuntime {

    private final OrtEnvironment environment;

    public InferenceRuntime() {
        EngineTelemetry.switchOff();
        environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        try {
            environment.setTelemetry(false);
        } catch (OrtException failure) {
            throw new InferenceException("ONNX Runtime's telemetry cannot be switched off", failure);
        }
    }

    OrtEnvironment environment() {
        return environment;
    }

    public String version() {
        return environment.getVersion();
    }
}
