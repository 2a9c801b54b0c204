package dev.embedding.settings.environment;

import dev.embedding.settings.Setting;
import dev.embedding.support.Names;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Checks the variables that name files or directories. */
final class PathVariables {

    private static final List<String> NAMES = List.of(
            Setting.MODEL_NAME.variable(),
            Setting.MODEL_CACHE_DIR.variable(),
            "EMBEDDING_SETTINGS_FILE",
            "EMBEDDING_API_KEYS_FILE",
            "EMBEDDING_ADMIN_KEYS_FILE");

    /** Replacement for bytes of the real environment that are not text in the process's locale. */
    private static final char NO_TEXT = '\uFFFD';

    private PathVariables() {}

    /** A line for each whose value cannot be a path, because the process's locale has no bytes for it. */
    static Stream<String> faults(Environment environment) {
        return NAMES.stream().flatMap(name -> environment.value(name).stream()
                .filter(value -> !isExpressible(value))
                .map(value -> name + " must be a path that the locale can express (LC_ALL=C.UTF-8 can express"
                        + " all), not '" + Names.onOneLine(value) + "'"));
    }

    private static boolean isExpressible(String value) {
        try {
            Path unused = Path.of(value);
            return value.indexOf(NO_TEXT) < 0;
        } catch (InvalidPathException inexpressible) {
            return false;
        }
    }
}
