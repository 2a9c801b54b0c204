package dev.embedding.infer.runtime;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * ONNX Runtime's messages, shortened for operators and callers: one line, without positions in its source and without
 * directories.
 */
public final class EngineMessage {

    private static final Pattern PREFIX =
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

    /** Whether a run failed for lack of memory; neither ONNX Runtime nor its providers have an error code for that. */
    public static boolean isOutOfMemory(OrtException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return OUT_OF_MEMORY.stream().anyMatch(message::contains);
    }

    public static String of(Throwable failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        String line = message.lines().findFirst().orElse("");
        String text = PREFIX.matcher(line).replaceFirst("");
        String withoutDirectories = DIRECTORY.matcher(text).replaceAll("");
        return withoutDirectories.isBlank() ? failure.getClass().getSimpleName() : withoutDirectories;
    }
}
