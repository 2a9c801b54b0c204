package dev.embedding.support;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Failure to use a directory that the process needs; the message is one line with the directory, the rule and the
 * cause.
 */
public final class UnusableDirectoryException extends RuntimeException {

    /** Paths in the linker's messages, which name the library twice. */
    private static final Pattern PATHS = Pattern.compile("/[^:]*: ");

    private UnusableDirectoryException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * @param setting name of the setting or property that chooses the directory
     * @param rule what the directory must be or do, such as {@code be a directory that exists}
     */
    public static UnusableDirectoryException of(String setting, String rule, Path directory, Throwable cause) {
        String text = setting + " '" + directory + "' must " + rule + ": " + reason(cause);
        return new UnusableDirectoryException(Names.onOneLine(text), cause);
    }

    private static String reason(Throwable cause) {
        if (cause instanceof NoSuchFileException) {
            return "no such directory" + (isAscii() ? " (names beyond ASCII need LC_ALL=C.UTF-8)" : "");
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof UnsatisfiedLinkError) {
            return PATHS.matcher(message).replaceAll("");
        }
        return cause instanceof IOException ? message : cause.toString();
    }

    private static boolean isAscii() {
        return System.getProperty("sun.jnu.encoding", "").startsWith("ANSI_X3.4");
    }
}
