package dev.embedding.http.access;

/** Right that an endpoint needs. */
public enum Access {
    /** None. */
    OPEN,
    /** Any key, where there are keys. */
    CALLER,
    /** An admin key, where there are keys; without any, at least no page of a foreign origin. */
    ADMIN
}
