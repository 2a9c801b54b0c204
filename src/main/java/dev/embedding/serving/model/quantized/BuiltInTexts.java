package dev.embedding.serving.model.quantized;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Text lists shipped with the service, one text per line. */
enum BuiltInTexts {
    /** Texts for calibration before a model is quantized. */
    CALIBRATION("calibration.txt"),
    /** Texts for the comparison afterwards; disjoint from the calibration texts. */
    COMPARISON("comparison.txt");

    private final String resource;

    BuiltInTexts(String resource) {
        this.resource = resource;
    }

    List<String> read() {
        try (InputStream content = BuiltInTexts.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new IllegalStateException(resource + " is missing");
            }
            return new String(content.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
