package dev.embedding.serving;

/**
 * Kind of a request's failure. Each dialect maps every kind to a status and a body, and the metrics to an outcome, by
 * switches without a default: a new kind compiles only when all of them know it.
 */
public enum FailureKind {
    /** The request breaks the rules of its endpoint. */
    INVALID_REQUEST,
    /** The request's framing, headers or coding are malformed. */
    MALFORMED_REQUEST,
    /** The request names a prompt that the model does not have. */
    UNKNOWN_PROMPT,
    /** The request asks for a dimension to which vectors may not be truncated. */
    UNSUPPORTED_DIMENSIONS,
    /** The model sees nothing of a text. */
    NO_TOKENS,
    /** An input is longer than the model's maximum, and the request does not allow truncation. */
    TOO_LONG,
    /** Token ids are not an encoding by the model's own tokenizer. */
    FOREIGN_TOKEN_IDS,
    /** The request names a model that is not served. */
    UNKNOWN_MODEL,
    /** Another vector space is served than the required one. */
    SPACE_MISMATCH,
    /** A key is missing or unknown. */
    UNAUTHENTICATED,
    /** The caller may not do this. */
    FORBIDDEN,
    /** No endpoint, or no setting, has this name. */
    NOT_FOUND,
    /** The endpoint does not have this method. */
    METHOD_NOT_ALLOWED,
    /** The body did not arrive in time. */
    BODY_TIMEOUT,
    /** The body is too large. */
    BODY_TOO_LARGE,
    /** The resource does not have the requested range of bytes. */
    RANGE_NOT_SATISFIABLE,
    /** The body has a media type or a coding that is not supported. */
    UNSUPPORTED_MEDIA_TYPE,
    /** The body has a transfer coding that is not supported. */
    UNSUPPORTED_TRANSFER_CODING,
    /** The request has a version of HTTP that is not supported. */
    UNSUPPORTED_HTTP_VERSION,
    /** Too much is waiting already. */
    SATURATED,
    /** The request's deadline expired. */
    DEADLINE_EXCEEDED,
    /** The caller disconnected; nobody reads the response. */
    CANCELLED,
    /** No model is loaded (yet, or any more). */
    NO_MODEL,
    /** The service is shutting down, or the model was replaced, and the request did not get its turn in time. */
    SHUTTING_DOWN,
    /** The model could not compute the texts. */
    COMPUTATION_FAILED,
    /** Settings are not stored, or cannot be written by this process. */
    SETTINGS_READ_ONLY,
    /** The stored settings cannot be reached. */
    SETTINGS_UNAVAILABLE,
    /** The service failed; its log has the cause. */
    INTERNAL_ERROR
}
