package dev.embedding.http.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/**
 * File with keys, separated by commas or lines, with comments; it may be replaced while the service runs. While it is
 * missing, empty or unreadable, the keys of the last successful read stay; before the first one there are no keys,
 * which does not open the service.
 */
final class KeyFile {

    private static final Logger LOG = Logger.getLogger(KeyFile.class);

    private final String variable;
    private final Path file;
    private String lastFault = "";
    private volatile KeyHashes keys = KeyHashes.NONE;

    /** @param variable name of the variable with the file, for log messages */
    KeyFile(String variable, Path file) {
        this.variable = variable;
        this.file = file;
    }

    KeyHashes keys() {
        return keys;
    }

    /** Reads the file again; a fault is logged once until it changes. */
    synchronized void read() {
        String fault = "";
        try {
            KeyHashes found = KeyHashes.ofLines(Files.readString(file, StandardCharsets.UTF_8));
            if (found.isEmpty()) {
                fault = "has no key";
            } else {
                keys = found;
            }
        } catch (IOException unreadable) {
            fault = "cannot be read";
        } catch (IllegalArgumentException invalid) {
            fault = "is not followed: " + invalid.getMessage();
        }
        if (!fault.isEmpty() && !fault.equals(lastFault)) {
            LOG.warnf("The file of %s %s; the %d keys read before stay", variable, fault, keys.size());
        }
        lastFault = fault;
    }
}
