package dev.embedding.infer.runtime;

import com.sun.jna.Platform;
import dev.embedding.support.CLibrary;

/**
 * Switches off ONNX Runtime's telemetry, which its official libraries for Linux and macOS send to their vendor unless
 * {@code ORT_DISABLE_TELEMETRY} is set when they are loaded. {@code OrtEnvironment.setTelemetry(false)} comes too late:
 * by then the first event is recorded and its upload scheduled.
 */
final class EngineTelemetry {

    private static final String VARIABLE = "ORT_DISABLE_TELEMETRY";

    private EngineTelemetry() {}

    /** Sets the variable where the environment does not. Must be called before the library is loaded. */
    static void switchOff() {
        if (System.getenv(VARIABLE) != null || Platform.isWindows()) {
            return;
        }
        try {
            CLibrary.load().setenv(VARIABLE, "1", 0);
        } catch (LinkageError failure) {
            System.getLogger(EngineTelemetry.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "Set {0}=1 in the environment: ONNX Runtime may report to its vendor ({1})",
                            VARIABLE,
                            failure.getMessage());
        }
    }
}
