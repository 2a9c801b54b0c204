package dev.embedding.http.edge.failure;

import java.util.Map;

/**
 * Conventions of one family of clients, as far as they are the same for all of its endpoints: paths, statuses, error
 * bodies.
 */
public interface Dialect {

    /** A path without a slash at its end, which does not matter. */
    static String bare(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** Whether an endpoint, or what is missing there, belongs to it. */
    boolean owns(String path);

    /** Whether vectors are computed there. */
    boolean embeds(String path);

    /** For the {@code Allow} header of a 405. */
    default String allowedMethods(String path) {
        return embeds(path) ? "POST" : "GET";
    }

    /** The field of a body that has what is to be embedded. */
    String inputField();

    /** Its row of the table of failures: the status for what the service itself answers with this one. */
    int status(int status);

    /** The body of an error, to be written as JSON. */
    Object body(Failure failure, String requestId);

    /** Name of the body's schema in the API's document. */
    String errorSchema();

    /** Headers of an error besides those that all dialects have. */
    default Map<String, String> headers(Failure failure) {
        return Map.of();
    }
}
