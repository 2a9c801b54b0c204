package dev.embedding.support;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 digests. */
public final class Sha256 {

    private static final int BUFFER = 1 << 18;

    private Sha256() {}

    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    /** For the contents of large files: by OpenSSL where the system has it, and otherwise {@link #digest}. */
    public static MessageDigest ofLargeContent() {
        return OpenSslSha256.create().orElseGet(Sha256::digest);
    }

    /** The digest of a file's content as 64 hexadecimal digits; reads the whole file. */
    public static String ofFile(Path file) throws IOException {
        MessageDigest digest = ofLargeContent();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try (FileChannel content = FileChannel.open(file)) {
            while (content.read(buffer) >= 0) {
                digest.update(buffer.flip());
                buffer.clear();
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
