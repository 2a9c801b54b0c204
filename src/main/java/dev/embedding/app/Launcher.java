package dev.embedding.app;

import io.quarkus.bootstrap.runner.QuarkusEntryPoint;
import java.io.File;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Main class of {@code quarkus-run.jar}, into which the build puts it: ends the start with a line where Java or Quarkus
 * cannot load classes from where the service is installed. Uses nothing but the JDK before.
 */
public final class Launcher {

    /** Separates an archive's name from what is in it. */
    private static final String ARCHIVE_END = "!/";

    private static final int CANNOT_START = 1;

    private Launcher() {}

    public static void main(String... arguments) throws Throwable {
        URL archive = Launcher.class.getProtectionDomain().getCodeSource().getLocation();
        if (!isUsable(archive)) {
            System.err.println(
                    "The installation path must not contain '+' or '!/', and the locale must be able to express"
                            + " it: " + archive.getPath());
            // An orderly exit would load more classes, to log it.
            Runtime.getRuntime().halt(CANNOT_START);
        }
        QuarkusEntryPoint.main(arguments);
    }

    /** Quarkus takes the path of a URL for one of a form, in which {@code +} stands for a blank. */
    private static boolean isUsable(URL archive) {
        String path = URLDecoder.decode(archive.getPath(), StandardCharsets.UTF_8);
        return !path.contains(ARCHIVE_END) && new File(path).exists();
    }
}
