package dev.embedding.http.edge;

import java.util.List;

/** Origins that are granted cross-origin access by the settings in force. */
@FunctionalInterface
public interface CorsOrigins {
    List<String> current();
}
