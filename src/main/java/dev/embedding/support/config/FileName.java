package dev.embedding.support.config;

import java.nio.file.Path;
import org.eclipse.microprofile.config.spi.Converter;

/** Converter of the name of a file, which need not exist and is not blank. */
public final class FileName implements Converter<Path> {

    /** @throws java.nio.file.InvalidPathException when the process's locale has no bytes for the name */
    @Override
    public Path convert(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must be the name of a file, not a blank");
        }
        return Path.of(text);
    }
}
