package dev.embedding.http.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/**
 * A file with keys, by comma or by line, with comments; it may be replaced while the service runs. While it is missing,
 * empty or not readable, the keys that were read last stay; before the first ones there are none, which opens nothing.
 */
final class KeyFile {

    private static final Logger LOG = Logger.getLogger(KeyFile.class);

    private final String variable;
    private final Path file;
    private String lastFault = "";
    private volatile KeyHashes keys = KeyHashes.NONE;

    /** @param variable names the file to the operator */
    KeyFile(String variable, Path file) {
        this.variable = variable;
        this.file = file;
    }

    KeyHashes keys() {
        return keys;
    }

    /** Reads the file again; a fault is logged once for as long as it stays the same. */
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
        } catch (IllegalArgumentException unfit) {
            fault = "is not followed: " + unfit.getMessage();
        }
        if (!fault.isEmpty() && !fault.equals(lastFault)) {
            LOG.warnf("The file of %s %s; the %d keys read before stay", variable, fault, keys.size());
        }
        lastFault = fault;
    }
}
