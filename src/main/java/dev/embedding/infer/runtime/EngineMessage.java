package dev.embedding.infer.runtime;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** ONNX Runtime's messages as operators and callers may see them: one line, no places in its source, no directories. */
public final class EngineMessage {

    private static final Pattern UP_TO_THE_POINT =
            Pattern.compile("^(?:Error code - \\w+ - message: )?(?:.*\\[ONNXRuntimeError\\] : \\d+ : \\w+ : )?");

    private static final Pattern DIRECTORY = Pattern.compile("(?:/[^/\\s:\"']+)*/(?=[^/\\s:\"'])");

    private static final List<String> OUT_OF_MEMORY = List.of(
            "out of memory",
            "failed to allocate memory",
            "alloc_failed",
            "memory allocation failure",
            "is smaller than requested bytes",
            "bad_alloc",
            "bad allocation");

    private EngineMessage() {}

    /** Whether a run failed for want of memory: ONNX Runtime has no error code for that, nor have its providers. */
    public static boolean isOutOfMemory(OrtException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return OUT_OF_MEMORY.stream().anyMatch(message::contains);
    }

    public static String of(Throwable failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        String line = message.lines().findFirst().orElse("");
        String point = UP_TO_THE_POINT.matcher(line).replaceFirst("");
        String bare = DIRECTORY.matcher(point).replaceAll("");
        return bare.isBlank() ? failure.getClass().getSimpleName() : bare;
    }
}
