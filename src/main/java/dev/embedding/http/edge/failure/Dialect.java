package dev.embedding.http.edge.failure;

import java.util.Map;

/** API dialect of one family of clients: paths, statuses and error format that all of its endpoints share. */
public interface Dialect {

    /** Whether a path belongs to this dialect, with an endpoint or without. */
    boolean owns(String path);

    /** Whether the path is an embedding endpoint. */
    boolean embeds(String path);

    /** Methods of a path, for the {@code Allow} header of a 405. */
    default String allowedMethods(String path) {
        return embeds(path) ? "POST" : "GET";
    }

    /** Field of a body with the texts to embed. */
    String inputField();

    /** The dialect's status for a status of the service's own dialect. */
    int status(int status);

    /** Body of an error, to be written as JSON. */
    Object body(Failure failure, String requestId);

    /** Name of the error body's schema in the OpenAPI document. */
    String errorSchema();

    /** Headers of an error besides those that all dialects have. */
    default Map<String, String> headers(Failure failure) {
        return Map.of();
    }
}
