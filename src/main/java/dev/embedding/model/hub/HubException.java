package dev.embedding.model.hub;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A repository or a file of it cannot be had. The message is a sentence for operators: it names repository, file and
 * status as far as there are any, and neither a token nor an absolute path.
 */
public final class HubException extends RuntimeException {

    /** Kind of failure, which says whether a retry may succeed. */
    public enum Kind {
        /** More bytes than are allowed. */
        TOO_LARGE(false),
        /** A name, a revision or a setting that cannot be right. */
        INVALID(false),
        /** Not in the cache, and connections are switched off. */
        OFFLINE(false),
        /** No connection, no response in time, or a body that was cut off. */
        UNREACHABLE(true),
        /** Statuses 408 and 5xx, and errors of hosts that the hub sends to. */
        HUB_FAULT(true),
        /** Status 429 for longer than it is waited for. */
        RATE_LIMITED(true),
        /** The hub wants a token, or refuses the one that it gets. */
        UNAUTHORIZED(false),
        /** The owner's terms have not been accepted by the token's account. */
        GATED(false),
        REPOSITORY_NOT_FOUND(false),
        REVISION_NOT_FOUND(false),
        FILE_NOT_FOUND(false),
        /** A response that no hub gives: of a proxy, of a mirror with faults, or of an attacker. */
        UNUSABLE_ANSWER(false),
        /** A file that has not the size or the hash that the hub told, twice. */
        CORRUPT(true),
        /** The cache directory cannot be written, or the disk is full. */
        CACHE_NOT_WRITABLE(true),
        /** Another process has been loading the same file for longer than it is waited for. */
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

    /** Whether trying again later may help without anybody's doing. */
    public boolean isTransient() {
        return kind.isTransient;
    }

    /** How long the hub wants to be left alone; zero where it does not say. */
    Duration retryAfter() {
        return retryAfter;
    }

    static HubException cancelled(HubName name) {
        return new HubException(Kind.CANCELLED, "Loading " + name + " was cancelled");
    }
}
