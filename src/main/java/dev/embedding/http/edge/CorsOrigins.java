package dev.embedding.http.edge;

import java.util.List;

/** Origins that cross-origin access is granted to, as the settings in force say. */
@FunctionalInterface
public interface CorsOrigins {
    List<String> current();
}
