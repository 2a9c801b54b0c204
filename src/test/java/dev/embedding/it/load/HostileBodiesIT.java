package dev.embedding.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Gzip;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests bodies of 30 MB in many shapes, several at once, in a small heap: they are accepted or rejected, and others are
 * still served.
 */
@Tag("soak")
class HostileBodiesIT {

    /** A few kilobytes that decompress to megabytes. */
    private static final Set<String> COMPRESSED_TOO = Set.of("one text", "escapes", "open brackets", "settings");

    private static final int BYTES = 30 << 20;
    private static final int AT_ONCE = 4;

    /** Beside the heap: the engine, code, threads, what the event loops receive into, and what is being tokenized. */
    private static final long REST_MEGABYTES = 450;

    private static final List<Integer> EXPECTED = List.of(200, 400, 404, 413, 422, 429, 504);

    private record Body(String path, String start, String unit, String end) {

        byte[] bytes() {
            int count = BYTES / unit.getBytes(StandardCharsets.UTF_8).length;
            return (start + unit.repeat(count) + end).getBytes(StandardCharsets.UTF_8);
        }
    }

    private static Map<String, Body> bodies() {
        Map<String, Body> bodies = new LinkedHashMap<>();
        bodies.put("numbers", new Body("/embed", "{\"texts\":[5", ",0", "]}"));
        bodies.put("empty texts", new Body("/embed", "{\"texts\":[\"\"", ",\"\"", "]}"));
        bodies.put("empty inputs", new Body("/v1/embeddings", "{\"input\":[\"\"", ",\"\"", "]}"));
        bodies.put("empty lists", new Body("/v1/embeddings", "{\"input\":[[]", ",[]", "]}"));
        bodies.put("token ids", new Body("/v1/embeddings", "{\"input\":[1", ",1", "]}"));
        bodies.put("a name of a model", new Body("/v1/embeddings", "{\"input\":\"a\",\"model\":\"", "m", "\"}"));
        bodies.put(
                "texts with an emoji each",
                new Body("/embed", "{\"texts\":[\"a\"", ",\"\ud83d\ude00" + "word ".repeat(7_000) + "\"", "]}"));
        bodies.put("one text", new Body("/embed", "{\"texts\":[\"\ud83d\ude00", "a ", "\"]}"));
        bodies.put("one text as the body", new Body("/embed/single", "\"\ud83d\ude00", "a ", "\""));
        bodies.put("escapes", new Body("/embed", "{\"texts\":[\"", "\\u4e2d", "\"]}"));
        bodies.put("halves of pairs", new Body("/embed", "{\"texts\":[\"", "\\ud83d", "\"]}"));
        bodies.put("blanks", new Body("/embed", "{\"texts\":[\"", " ", "\"]}"));
        bodies.put("open brackets", new Body("/embed", "{\"texts\":", "[", ""));
        bodies.put("open objects", new Body("/embed", "{\"texts\":", "{\"a\":", "1"));
        bodies.put("names", new Body("/embed", "{", "\"\":0,", "\"texts\":[\"a\"]}"));
        bodies.put("a name", new Body("/embed", "{\"", "n", "\":1,\"texts\":[\"a\"]}"));
        bodies.put("a number", new Body("/embed", "{\"texts\":[", "1", "]}"));
        bodies.put("no end", new Body("/embed", "{\"texts\":[\"", "a ", ""));
        bodies.put("no JSON at the end", new Body("/embed", "{\"texts\":[\"", "a ", "\"]}x"));
        bodies.put("a setting", new Body("/settings", "{\"key\":\"model_name\",\"value\":\"", "x", "\"}"));
        bodies.put("a list", new Body("/settings", "{\"key\":\"cors_origins\",\"value\":[\"a\"", ",\"\"", "]}"));
        bodies.put("settings", new Body("/settings/bulk", "{\"settings\":{", "\"a\":1,", "\"b\":2}}"));
        return bodies;
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 768})
    void servesOthersBesideHostileBodies(int heapMegabytes) throws Exception {
        try (ServiceProcess service = ServiceProcess.configure()
                .with("JAVA_TOOL_OPTIONS", "-Xmx" + heapMegabytes + "m")
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .with(
                        "EMBEDDING_MODEL_NAME",
                        ReferenceModel.of("bert-cls-normalize").directory().toString())
                .ready()) {
            for (Map.Entry<String, Body> body : bodies().entrySet()) {
                try (SteadyCaller caller = SteadyCaller.of(service)) {
                    caller.awaitAnswer();

                    String path = body.getValue().path();
                    byte[] bytes = body.getValue().bytes();

                    assertThat(EXPECTED).as(body.getKey()).containsAll(sendAtOnce(service, path, "identity", bytes));
                    caller.awaitAnswer();
                    if (COMPRESSED_TOO.contains(body.getKey())) {
                        assertThat(EXPECTED)
                                .as(body.getKey())
                                .containsAll(sendAtOnce(service, path, "gzip", Gzip.of(bytes)));
                        caller.awaitAnswer();
                    }
                }
            }
            assertThat(service.status("VmHWM") / 1024).isLessThan(heapMegabytes + REST_MEGABYTES);
            assertThat(service.client().get("/health").json().path("status").textValue())
                    .isEqualTo("healthy");
        }
    }

    private static List<Integer> sendAtOnce(ServiceProcess service, String path, String coding, byte[] body)
            throws InterruptedException {
        ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
        List<Thread> senders = new ArrayList<>();
        for (int sender = 0; sender < AT_ONCE; sender++) {
            Thread thread = new Thread(() -> statuses.add(send(service, path, coding, body)), "sender");
            thread.start();
            senders.add(thread);
        }
        for (Thread thread : senders) {
            thread.join();
        }
        assertThat(statuses).hasSize(AT_ONCE);
        return List.copyOf(statuses);
    }

    private static int send(ServiceProcess service, String path, String coding, byte[] body) {
        try (RawConnection connection = service.connect()) {
            connection.sendHead(
                    "POST " + path,
                    "Content-Type: application/json",
                    "Content-Encoding: " + coding,
                    "Content-Length: " + body.length,
                    "X-Request-Timeout-Ms: 20000");
            try {
                connection.send(body);
            } catch (IOException refusedMeanwhile) {
                // The response came before the whole body was sent.
            }
            return connection.head().status();
        } catch (IOException closed) {
            return 429;
        }
    }
}
