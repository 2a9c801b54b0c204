package dev.embedding.model.hub;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** Faults of a hub's responses. */
final class Moods {

    private Moods() {}

    static FakeHub.Mood status(int status) {
        return status(status, "");
    }

    static FakeHub.Mood status(int status, String errorCode) {
        return (exchange, content, time) -> {
            FakeHub.status(exchange, status, errorCode);
            return true;
        };
    }

    /** Applies a mood to the first responses only. */
    static FakeHub.Mood first(int responses, FakeHub.Mood mood) {
        return (exchange, content, time) -> time < responses && mood.respond(exchange, content, time);
    }

    static FakeHub.Mood withHeader(String name, String value, FakeHub.Mood mood) {
        return (exchange, content, time) -> {
            exchange.getResponseHeaders().set(name, value);
            return mood.respond(exchange, content, time);
        };
    }

    static FakeHub.Mood redirect(URI location) {
        return (exchange, content, time) -> {
            FakeHub.redirect(exchange, location);
            return true;
        };
    }

    /** Announces the requested range, and closes the connection after the given number of bytes. */
    static FakeHub.Mood cutAfter(int bytes) {
        return (exchange, content, time) -> {
            OutputStream body = announce(exchange, content);
            int from = from(exchange);
            body.write(content, from, Math.min(bytes, content.length - from));
            body.flush();
            exchange.close();
            return true;
        };
    }

    /**
     * Announces and sends the whole file whatever the range, and closes the connection after the given number of bytes.
     */
    static FakeHub.Mood ignoreRangesAndCutAfter(int bytes) {
        return (exchange, content, time) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, bytes);
            exchange.getResponseBody().flush();
            exchange.close();
            return true;
        };
    }

    /** Sends another range than requested. */
    static FakeHub.Mood rangeFrom(int from) {
        return (exchange, content, time) -> {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            exchange.sendResponseHeaders(206, content.length - from);
            exchange.getResponseBody().write(content, from, content.length - from);
            exchange.close();
            return true;
        };
    }

    /** Announces everything, and stalls after the given number of bytes. */
    static FakeHub.Mood stallAfter(int bytes, CountDownLatch stalled) {
        return (exchange, content, time) -> {
            OutputStream body = announce(exchange, content);
            body.write(content, from(exchange), bytes);
            body.flush();
            stalled.countDown();
            waitForever();
            return true;
        };
    }

    static FakeHub.Mood silence() {
        return (exchange, content, time) -> {
            waitForever();
            return true;
        };
    }

    static FakeHub.Mood ignoreRanges() {
        return (exchange, content, time) -> {
            FakeHub.whole(exchange, content);
            return true;
        };
    }

    /** Responds with status 416 to every request with a range. */
    static FakeHub.Mood refuseRanges() {
        return (exchange, content, time) -> {
            boolean isRange = exchange.getRequestHeaders().containsKey("Range");
            if (isRange) {
                FakeHub.status(exchange, 416, "");
            }
            return isRange;
        };
    }

    static FakeHub.Mood content(byte[] other) {
        return (exchange, content, time) -> {
            FakeHub.content(exchange, other);
            return true;
        };
    }

    /** Sends the content and then endless zeros, without a length. */
    static FakeHub.Mood endless() {
        return (exchange, content, time) -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            body.write(content);
            byte[] more = new byte[1 << 16];
            while (true) {
                body.write(more);
            }
        };
    }

    static byte[] changed(byte[] content) {
        byte[] other = content.clone();
        other[other.length / 2] ^= 1;
        return other;
    }

    static byte[] shortened(byte[] content) {
        return Arrays.copyOf(content, content.length - 1);
    }

    private static OutputStream announce(HttpExchange exchange, byte[] content) throws IOException {
        int from = from(exchange);
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
        return exchange.getResponseBody();
    }

    private static int from(HttpExchange exchange) {
        String range = exchange.getRequestHeaders().getFirst("Range");
        return range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
    }

    /** Waits until the hub is closed. */
    private static void waitForever() throws IOException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException closed) {
            throw new IOException("closed");
        }
    }
}
