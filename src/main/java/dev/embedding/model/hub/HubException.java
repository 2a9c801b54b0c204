package dev.embedding.model.hub;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a repository or a file of it is unavailable. The message is a sentence for operators: it contains
 * repository, file and status where there are any, and never a token or an absolute path.
 */
public final class HubException extends RuntimeException {

    /** The kind of failure, and whether a retry may succeed. */
    public enum Kind {
        /** More bytes than are allowed. */
        TOO_LARGE(false),
        /** A name, a revision or a setting that is not valid. */
        INVALID(false),
        /** Not in the cache, and connections are switched off. */
        OFFLINE(false),
        /** No connection, a timeout, or an interrupted body. */
        UNREACHABLE(true),
        /** Statuses 408 and 5xx, and errors of hosts that the hub redirects to. */
        HUB_FAULT(true),
        /** Status 429, also after the retries. */
        RATE_LIMITED(true),
        /** The hub requires a token, or rejects the one that is sent. */
        UNAUTHORIZED(false),
        /** The owner's terms have not been accepted by the token's account. */
        GATED(false),
        REPOSITORY_NOT_FOUND(false),
        REVISION_NOT_FOUND(false),
        FILE_NOT_FOUND(false),
        /** A response that no hub sends: from a proxy, a faulty mirror, or an attacker. */
        INVALID_RESPONSE(false),
        /** A file with another size than the hub reports, or, twice, with another hash. */
        CORRUPT(true),
        /** The cache directory cannot be written, or the disk is full. */
        CACHE_NOT_WRITABLE(true),
        /** Another process has been downloading the same file for longer than the timeout. */
        LOCKED(true),
        /** The client was closed, or its thread interrupted. */
        CANCELLED(true);

        private final boolean isTransient;

        Kind(boolean isTransient) {
            this.isTransient = isTransient;
        }
    }

    private final Kind kind;
    private final Duration retryAfter;

    HubException(Kind kind, String message) {
        this(kind, message, Duration.ZERO, null);
    }

    HubException(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, Duration.ZERO, cause);
    }

    HubException(Kind kind, String message, Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether a later retry may succeed without intervention. */
    public boolean isTransient() {
        return kind.isTransient;
    }

    /** The pause that the hub requests before a retry; zero where it requests none. */
    Duration retryAfter() {
        return retryAfter;
    }

    static HubException cancelled(HubName name) {
        return new HubException(Kind.CANCELLED, "Loading " + name + " was cancelled");
    }
}
