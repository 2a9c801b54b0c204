package dev.embedding.app;

import dev.embedding.settings.environment.InvalidEnvironmentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks of the process's environment besides its variables: the limit of open files and the working directory. */
final class StartupChecks {

    /** An idle service has about 45 files and sockets open; while it starts there are more than 128. */
    private static final int MIN_OPEN_FILES = 256;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files +([0-9]+) ");

    private StartupChecks() {}

    /** @throws InvalidEnvironmentException with a line for each condition that is not met */
    static void check() {
        List<String> faults = new ArrayList<>();
        openFiles()
                .filter(limit -> limit < MIN_OPEN_FILES)
                .ifPresent(limit -> faults.add(
                        "The limit of open files (ulimit -n) must be " + MIN_OPEN_FILES + " or more, not " + limit));
        String directory = System.getProperty("user.dir");
        if (!isDirectory(directory)) {
            faults.add("The working directory must exist under a name that the locale can express, not '" + directory
                    + "'; LC_ALL=C.UTF-8 can express all");
        }
        if (!faults.isEmpty()) {
            throw new InvalidEnvironmentException(faults);
        }
    }

    private static Optional<Long> openFiles() {
        try {
            Matcher line = OPEN_FILES.matcher(Files.readString(LIMITS, StandardCharsets.US_ASCII));
            return line.find() ? Optional.of(Long.valueOf(line.group(1))) : Optional.empty();
        } catch (IOException | NumberFormatException otherSystem) {
            return Optional.empty();
        }
    }

    /** In an ASCII locale, other characters of a name become question marks. */
    private static boolean isDirectory(String name) {
        try {
            return Files.isDirectory(Path.of(name));
        } catch (InvalidPathException inexpressible) {
            return false;
        }
    }
}
