package dev.embedding.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.embedding.http.exchange.json.JsonBytes;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.http.exchange.json.MalformedJsonException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that parsing a body takes little memory besides its bytes, whatever its content. */
class BodyMemoryTest {

    private static final int BYTES = 4 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Stream<String> bodies() {
        return Stream.of(
                of("{\"texts\": [5", ",0", "]}"),
                of("{\"input\": [\"\"", ",\"\"", "]}"),
                of("{\"input\": [", "[],", "[]]}"),
                of("{\"texts\": [\"\ud83d\ude00", "a ", "\"]}"),
                of("{\"texts\": [\"", "\\u0041", "\"]}"),
                of("{\"texts\": [\"", "\u4e2d", "\"]}"),
                of("{\"", "n", "\": 1}"),
                of("{", "\"\":0,", "\"a\":1}"),
                of("[", "1", "]"),
                of("[\"", "\\ud83d", "\"]"),
                of("", "[", ""),
                of("", "{\"a\":", "1"),
                of("[\"", "a", ""),
                of("[\"a\"]", "x", ""));
    }

    private static String of(String start, String unit, String end) {
        return start + unit.repeat(BYTES / unit.getBytes(StandardCharsets.UTF_8).length) + end;
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void parsesWithoutCopyingTheBody(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        List<byte[]> segments = new ArrayList<>();
        for (int start = 0; start < body.length; start += 1 << 16) {
            segments.add(Arrays.copyOfRange(body, start, Math.min(body.length, start + (1 << 16))));
        }

        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            new JsonReader(new JsonBytes(segments, body.length, () -> {}), bytes -> {}).readToEnd();
        } catch (MalformedJsonException malformed) {
            assertThat(malformed.problem()).isNotEmpty();
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;

        // A bit for each bracket that is open, in an array that is copied when it grows.
        assertThat(allocated).isLessThan(BYTES / 2);
    }
}
