package dev.embedding.http.exchange;

import dev.embedding.serving.Embeddings.Timings;

/**
 * Breakdown of a request's time in milliseconds, for browsers and other tools.
 *
 * @see <a href="https://www.w3.org/TR/server-timing/">Server Timing</a>
 */
final class ServerTiming {

    static final String HEADER = "Server-Timing";

    private ServerTiming() {}

    static String of(Timings timings, long totalNanos) {
        StringBuilder header = new StringBuilder(80);
        append(header, "tokenize", timings.tokenizeNanos());
        append(header, ", queue", timings.queueNanos());
        append(header, ", compute", timings.computeNanos());
        append(header, ", total", totalNanos);
        return header.toString();
    }

    /** Appends a duration with two decimals; a format string would cost more than all the rest of the header. */
    private static void append(StringBuilder header, String name, long nanos) {
        long hundredths = Math.max(0, nanos) / 10_000;
        header.append(name).append(";dur=").append(hundredths / 100).append('.');
        header.append(hundredths % 100 / 10).append(hundredths % 10);
    }
}
