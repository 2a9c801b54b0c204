package dev.embedding.http.edge;

import dev.embedding.http.edge.header.HeaderList;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Coding of a body, as {@code Content-Encoding} names it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-8.4.1">RFC 9110, content codings</a>
 */
enum ContentCoding {
    IDENTITY,
    GZIP,
    DEFLATE,
    UNSUPPORTED;

    /** Names of those that are decoded, for {@code Accept-Encoding}. */
    static final String DECODED = "gzip, deflate";

    private static final int BUFFER_BYTES = 8 << 10;

    /** Coding of a request's body; more than one is not supported. */
    static ContentCoding of(HttpServerRequest request) {
        List<String> codings = HeaderList.items(request, "Content-Encoding").stream()
                .map(coding -> coding.toLowerCase(Locale.ROOT))
                .filter(coding -> !coding.equals("identity"))
                .toList();
        if (codings.isEmpty()) {
            return IDENTITY;
        }
        if (codings.size() > 1) {
            return UNSUPPORTED;
        }
        return switch (codings.get(0)) {
            case "gzip", "x-gzip" -> GZIP;
            case "deflate" -> DEFLATE;
            default -> UNSUPPORTED;
        };
    }

    /** @throws IOException when the bytes are not of this coding */
    InputStream decoded(InputStream bytes) throws IOException {
        return switch (this) {
            case GZIP -> new GZIPInputStream(bytes, BUFFER_BYTES);
            case DEFLATE -> inflated(bytes);
            case IDENTITY, UNSUPPORTED -> bytes;
        };
    }

    /** The zlib format, as the standard requires, or raw deflate, as some clients send. */
    private static InputStream inflated(InputStream bytes) throws IOException {
        PushbackInputStream input = new PushbackInputStream(bytes, 2);
        byte[] head = input.readNBytes(2);
        input.unread(head);
        boolean zlib = head.length == 2 && (head[0] & 0x0f) == 8 && ((head[0] & 0xff) << 8 | head[1] & 0xff) % 31 == 0;
        Inflater inflater = new Inflater(!zlib);
        return new InflaterInputStream(input, inflater, BUFFER_BYTES) {
            @Override
            public void close() throws IOException {
                super.close();
                inflater.end();
            }
        };
    }
}
