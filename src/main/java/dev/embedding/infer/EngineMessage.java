package dev.embedding.infer;

import java.util.regex.Pattern;

/** ONNX Runtime's messages as operators and callers may see them: one line, no places in its source, no directories. */
final class EngineMessage {

    private static final Pattern UP_TO_THE_POINT =
            Pattern.compile("^(?:Error code - \\w+ - message: )?(?:.*\\[ONNXRuntimeError\\] : \\d+ : \\w+ : )?");

    private static final Pattern DIRECTORY = Pattern.compile("(?:/[^/\\s:\"']+)*/(?=[^/\\s:\"'])");

    private EngineMessage() {}

    static String of(Throwable failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        String line = message.lines().findFirst().orElse("");
        String point = UP_TO_THE_POINT.matcher(line).replaceFirst("");
        String bare = DIRECTORY.matcher(point).replaceAll("");
        return bare.isBlank() ? failure.getClass().getSimpleName() : bare;
    }
}
