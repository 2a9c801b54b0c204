package dev.embedding.http.edge;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Received body of an exchange. It exists once: its bytes stay in the arrays into which they were received, and readers
 * take views of them.
 */
public final class Body {

    /** Maximum bytes of a segment: small enough for the collector to move, in a heap of any size. */
    static final int SEGMENT = 256 << 10;

    private static final int SMALLEST_SEGMENT = 1 << 10;
    private static final String KEY = "dev.embedding.body";

    private final int declared;
    private final List<byte[]> segments = new ArrayList<>(1);
    private int length;
    private int allocated;

    /** @param declared announced length in bytes; 0 when none was */
    public Body(int declared) {
        this.declared = declared;
    }

    static void set(RoutingContext exchange, Body body) {
        exchange.put(KEY, body);
    }

    /** Body of an exchange; empty when it has none. */
    public static Body of(RoutingContext exchange) {
        Body body = exchange.get(KEY);
        return body == null ? new Body(0) : body;
    }

    /** Copies a received chunk. */
    public void append(Buffer chunk) {
        append(chunk.length(), (from, count, segment, start) -> chunk.getBytes(from, from + count, segment, start));
    }

    /** Copies the first bytes of an array. */
    void append(byte[] bytes, int total) {
        append(total, (from, count, segment, start) -> System.arraycopy(bytes, from, segment, start, count));
    }

    @FunctionalInterface
    private interface Source {
        void copy(int from, int count, byte[] segment, int start);
    }

    private void append(int total, Source source) {
        int from = 0;
        while (from < total) {
            if (length == allocated) {
                addSegment(total - from);
            }
            byte[] segment = segments.get(segments.size() - 1);
            int start = segment.length - (allocated - length);
            int count = Math.min(segment.length - start, total - from);
            source.copy(from, count, segment, start);
            from += count;
            length += count;
        }
    }

    private void addSegment(int needed) {
        int capacity = length < declared ? declared - length : Math.max(Math.max(needed, length), SMALLEST_SEGMENT);
        byte[] segment = new byte[Math.min(capacity, SEGMENT)];
        segments.add(segment);
        allocated += segment.length;
    }

    /** Length in bytes. */
    public int length() {
        return length;
    }

    /** The bytes as a stream. */
    InputStream stream() {
        return new Stream();
    }

    /** Bytes of memory that the segments take. */
    int allocated() {
        return allocated;
    }

    /**
     * Arrays with the bytes, in order; only the last may be longer than its content. Readers may overwrite what they
     * have read.
     */
    public List<byte[]> segments() {
        return Collections.unmodifiableList(segments);
    }

    private final class Stream extends InputStream {
        private int position;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int max) {
            if (position == length) {
                return max == 0 ? 0 : -1;
            }
            int start = position;
            int index = 0;
            while (start >= segments.get(index).length) {
                start -= segments.get(index).length;
                index++;
            }
            int count = Math.min(max, Math.min(segments.get(index).length - start, length - position));
            System.arraycopy(segments.get(index), start, target, offset, count);
            position += count;
            return count;
        }

        /** All remaining bytes; readers of several compressed members in a row rely on it. */
        @Override
        public int available() {
            return length - position;
        }
    }
}
