package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Swaps two real models repeatedly while clients send requests: no request is dropped, and no vectors are mixed. */
@Tag("alone")
class SwapIT {

    private static final String BGE_SMALL = "BAAI/bge-small-en-v1.5";
    private static final String MINI_LM = ReferenceVectors.MINI_LM.toString();
    private static final Map<String, ReferenceVectors> REFERENCE =
            Map.of(BGE_SMALL, ReferenceVectors.ofBgeSmall(), MINI_LM, ReferenceVectors.ofMiniLm());
    private static final int CLIENTS = 16;
    private static final int TEXTS_OF_A_LARGE_REQUEST = 16;
    private static final int SWAPS = Integer.getInteger("embedding.test.swaps", 21);
    private static final double TOLERANCE = 2e-5;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong answers = new AtomicLong();

    @Test
    void dropsAndMixesNothing() throws Exception {
        try (ServiceProcess service = ServiceProcess.configure()
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                // A heap that is resident from the start: G1 grows it by 150 MB in one step, or not, as its pauses
                // happen to be, and what is to be seen is the memory of models, which lies outside it.
                .jvm("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch")
                .ready()) {
            List<Thread> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int texts = client % 2 == 0 ? 1 : TEXTS_OF_A_LARGE_REQUEST;
                int first = client;
                clients.add(new Thread(() -> ask(service.client(), first, texts), "client-" + client));
            }
            clients.forEach(Thread::start);
            long[] memory = new long[SWAPS];
            for (int swap = 0; swap < SWAPS; swap++) {
                swap(service.client(), swap % 2 == 0 ? MINI_LM : BGE_SMALL);
                memory[swap] = service.status("VmRSS");
            }
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }

            assertThat(failure.get()).isNull();
            assertThat(answers).hasValueGreaterThan(SWAPS);
            long most = Arrays.stream(memory, SWAPS / 3, 2 * SWAPS / 3).max().orElseThrow();
            assertThat(Arrays.stream(memory, 2 * SWAPS / 3, SWAPS).max().orElseThrow())
                    .as("most KB resident during the last third of the swaps: " + Arrays.toString(memory))
                    .isLessThanOrEqualTo(most + most / 10);
            assertThat(service.client()
                            .get("/metrics")
                            .json()
                            .path("model_reloads")
                            .intValue())
                    .isEqualTo(SWAPS);
            assertThat(service.client().get("/health").json().path("status").textValue())
                    .isEqualTo("healthy");
        }
    }

    private static void swap(ServiceClient client, String model) {
        set(client, model);
        assertThat(client.get("/model/info").json().path("model_name").textValue())
                .isEqualTo(model);
        // Changes are applied in order: once this one, which changes nothing, has its response, the previous model is
        // closed.
        set(client, model);
    }

    private static void set(ServiceClient client, String model) {
        Answer answer = client.postJson("/settings", Answer.jsonOf(Map.of("key", "model_name", "value", model)));

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private void ask(ServiceClient client, int first, int count) {
        try {
            for (int round = 0; !over.get() && failure.get() == null; round++) {
                List<Integer> rows = new ArrayList<>();
                List<String> texts = new ArrayList<>();
                for (int text = 0; text < count; text++) {
                    // Short ones: what is to be seen is many requests in many states.
                    int row = (first + round * CLIENTS + text) % 10;
                    rows.add(row);
                    texts.add(reference(BGE_SMALL).rows().get(row).text());
                }
                check(client.embed(texts), rows);
                answers.incrementAndGet();
            }
        } catch (RuntimeException | Error failed) {
            failure.compareAndSet(null, failed);
        }
    }

    private static void check(Answer answer, List<Integer> rows) {
        List<float[]> vectors = answer.vectors();
        String model = answer.json().path("model_name").textValue();
        assertThat(REFERENCE).containsKey(model);
        for (int index = 0; index < rows.size(); index++) {
            ReferenceVectors.requireNear(
                    vectors.get(index),
                    reference(model).rows().get(rows.get(index)).vector(),
                    TOLERANCE);
        }
    }

    private static ReferenceVectors reference(String model) {
        return Objects.requireNonNull(REFERENCE.get(model));
    }
}
