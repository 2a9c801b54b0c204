package dev.embedding.model.hub;

import dev.embedding.support.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The hash that a file's name in {@code blobs} is verified with: SHA-256 where it has 64 hexadecimal digits, git's
 * SHA-1 of {@code "blob <size>\0" + content} where it has 40, and none otherwise.
 *
 * @see <a href="https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_object_storage">git's hash of a file</a>
 */
final class BlobDigest {

    private final RemoteFile file;
    private final @Nullable MessageDigest digest;

    BlobDigest(RemoteFile file) {
        this.file = file;
        this.digest = switch (file.etag().matches("[0-9a-fA-F]+") ? file.etag().length() : 0) {
            case 64 -> Sha256.ofLargeContent();
            case 40 -> sha1();
            default -> null;
        };
        if (digest != null && digest.getDigestLength() == 20) {
            digest.update(("blob " + file.size() + "\0").getBytes(StandardCharsets.US_ASCII));
        }
    }

    boolean isKnown() {
        return digest != null;
    }

    /** Adds bytes; the buffer's position does not change. */
    void update(ByteBuffer bytes) {
        if (digest != null) {
            digest.update(bytes.duplicate());
        }
    }

    /** Whether the hash is the expected one. Must be called once, after all bytes. */
    boolean matches() {
        return digest == null
                || HexFormat.of().formatHex(digest.digest()).equals(file.etag().toLowerCase(Locale.ROOT));
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-1", impossible);
        }
    }
}
