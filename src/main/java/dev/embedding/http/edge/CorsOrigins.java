package dev.embedding.http.edge;

import java.util.List;

/** Origins that cross-origin access is granted to, by the settings in force. */
@FunctionalInterface
public interface CorsOrigins {
    List<String> current();
}
