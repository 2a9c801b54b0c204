package dev.embedding.http.edge.dialect;

import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
import java.util.Map;

/** Statuses and error bodies that the clients of a dialect expect. */
public interface ErrorFormat {

    int status(FailureKind kind);

    /** Body of an error, to be written as JSON. */
    Object body(RequestFailure failure, String requestId);

    /** Headers of an error besides those that all dialects have. */
    Map<String, String> headers(FailureKind kind);

    /** Name of the body's schema in the OpenAPI document. */
    String schema();
}
