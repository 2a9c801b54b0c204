package dev.embedding.app;

import io.quarkus.bootstrap.runner.QuarkusEntryPoint;
import java.io.File;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Main class of {@code quarkus-run.jar}, set by the build: ends the start with a one-line message where Java or Quarkus
 * cannot load classes from the installation path. Uses only the JDK until then.
 */
public final class Launcher {

    /** Separates an archive's path from the path of an entry. */
    private static final String ARCHIVE_END = "!/";

    private static final int CANNOT_START = 1;

    private Launcher() {}

    public static void main(String... arguments) throws Throwable {
        URL archive = Launcher.class.getProtectionDomain().getCodeSource().getLocation();
        if (!isUsable(archive)) {
            System.err.println(
                    "The installation path must not contain '+' or '!/', and the locale must be able to express"
                            + " it: " + archive.getPath());
            // A regular exit would load more classes for logging.
            Runtime.getRuntime().halt(CANNOT_START);
        }
        QuarkusEntryPoint.main(arguments);
    }

    /** Quarkus form-decodes the path of the URL, so {@code +} becomes a space. */
    private static boolean isUsable(URL archive) {
        String path = URLDecoder.decode(archive.getPath(), StandardCharsets.UTF_8);
        return !path.contains(ARCHIVE_END) && new File(path).exists();
    }
}
