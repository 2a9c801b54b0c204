package dev.embedding.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kept connection to the service that costs as little CPU as can be: requests are bytes already, and of an answer only
 * the status and the length are looked at. Not thread-safe.
 */
final class EmbedConnection implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final Pattern TOKENS = Pattern.compile("\"tokens\": *(\\d+)");

    private final Socket socket;
    private byte[] buffer = new byte[16 * 1024];
    private int bodyStart;
    private int bodyEnd;

    EmbedConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
    }

    /**
     * Sends a request and reads its answer.
     *
     * @throws IOException when the answer is not 200, or does not come
     */
    void send(EmbedRequest request) throws IOException {
        int status = exchange(request);
        if (status != 200) {
            throw new IOException("The service answered " + status + ": " + body());
        }
    }

    /**
     * Sends a request and reads its answer, whatever it is.
     *
     * @return the status
     * @throws IOException when no answer comes
     */
    int exchange(EmbedRequest request) throws IOException {
        socket.getOutputStream().write(request.bytes());
        int filled = 0;
        int headerEnd = -1;
        while (headerEnd < 0) {
            filled = read(filled);
            headerEnd = headerEnd(filled);
        }
        String header = new String(buffer, 0, headerEnd, StandardCharsets.US_ASCII);
        Matcher length = CONTENT_LENGTH.matcher(header);
        if (!length.find()) {
            throw new IOException("An answer without Content-Length: " + header);
        }
        bodyStart = headerEnd;
        bodyEnd = bodyStart + Integer.parseInt(length.group(1));
        while (filled < bodyEnd) {
            filled = read(filled);
        }
        return Integer.parseInt(header.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    /** The {@code tokens} field of the last answer. */
    int tokens() throws IOException {
        Matcher tokens = TOKENS.matcher(body());
        if (!tokens.find()) {
            throw new IOException("The last answer has no field tokens");
        }
        return Integer.parseInt(tokens.group(1));
    }

    /** Length of the last answer. */
    int bodyBytes() {
        return bodyEnd - bodyStart;
    }

    /** The last answer. */
    String body() {
        return new String(buffer, bodyStart, bodyEnd - bodyStart, StandardCharsets.UTF_8);
    }

    private int read(int filled) throws IOException {
        if (filled == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * filled);
        }
        int count = socket.getInputStream().read(buffer, filled, buffer.length - filled);
        if (count < 0) {
            throw new EOFException("The service closed the connection");
        }
        return filled + count;
    }

    /** Where the body starts, or -1 while the header is not complete. */
    private int headerEnd(int filled) {
        for (int end = 4; end <= filled; end++) {
            if (buffer[end - 1] == '\n' && buffer[end - 2] == '\r' && buffer[end - 3] == '\n') {
                return end;
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
