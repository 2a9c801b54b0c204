package dev.embedding;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/** Bytes as {@code Content-Encoding: gzip} wants them. */
final class Gzip {

    private Gzip() {}

    static byte[] of(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream compressed = new GZIPOutputStream(bytes)) {
            compressed.write(content);
        }
        return bytes.toByteArray();
    }
}
