package dev.embedding;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** One connection to the service, written byte by byte as no well-behaved client would. */
final class RawConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RawConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    RawConnection send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawConnection send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /** Sends a request line and headers, which are given as whole lines. */
    RawConnection sendHead(String requestLine, String... headers) throws IOException {
        return send(requestLine + " HTTP/1.1\r\nHost: service\r\n" + String.join("", withLineEnds(headers)) + "\r\n");
    }

    /** Sends each byte by itself, with a pause behind it. */
    void sendSlowly(String text, Duration pause) throws IOException {
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            out.write(one);
            out.flush();
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    /** Sends one part of a chunked body; an empty one ends it. */
    RawConnection sendChunk(byte[] bytes) throws IOException {
        send(Integer.toHexString(bytes.length) + "\r\n");
        send(bytes);
        return send("\r\n");
    }

    /** Goes away so that the service gets a reset instead of an orderly end. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Stays for a while before it goes. */
    void resetAfter(Duration stay) throws IOException {
        LockSupport.parkNanos(stay.toNanos());
        reset();
    }

    /** Reads one whole answer. */
    Answer answer() throws IOException {
        Answer head = head();
        String length = head.header("Content-Length").orElse("0");
        byte[] body = in.readNBytes(Integer.parseInt(length));
        return new Answer(head.status(), head.headers(), body);
    }

    /** Reads one answer that has no body, whatever its headers say. */
    Answer head() throws IOException {
        String statusLine = line();
        TreeMap<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return new Answer(
                Integer.parseInt(statusLine.split(" ")[1]),
                HttpHeaders.of(headers, (name, value) -> true),
                new byte[0]);
    }

    /** What is still sent, up to the end of the connection, which must come. */
    String rest() throws IOException {
        try {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException reset) {
            return "";
        }
    }

    /** Whether the service ends the connection, after whatever it still sends. */
    boolean isClosedByService() throws IOException {
        try {
            in.readAllBytes();
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The service closed the connection within " + line);
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    private static String[] withLineEnds(String... lines) {
        return Arrays.stream(lines).map(line -> line + "\r\n").toArray(String[]::new);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
