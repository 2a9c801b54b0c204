package dev.embedding.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests widely used clients of OpenAI's API; each program itself checks the exceptions of its client. */
@Tag("clients")
public class OpenAiClientsIT {

    private static final ReferenceVectors REFERENCE = ReferenceVectors.ofBgeSmall();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static ClientPrograms programs;
    private static ServiceProcess service;
    private static List<float[]> expected;

    @BeforeAll
    static void start() throws Exception {
        programs = ClientPrograms.installed();
        service = ServiceProcess.configure()
                .without("EMBEDDING_CACHE_SIZE") // a text has the same bits whatever it is computed with
                .with("EMBEDDING_MODEL_ALIASES", "text-embedding-3-small")
                .with("EMBEDDING_DIMENSIONS", "128,256")
                .with("EMBEDDING_QUERY_PROMPT", "query: ")
                .ready();
        expected = service.client().embed(REFERENCE.texts()).vectors();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void openAisSdkForPythonGetsTheVectorsOfEmbed() throws Exception {
        JsonNode got = programs.run("python/openai_sdk.py", service, REFERENCE.texts());

        requireWhatOpenAisSdksGet(got);
        requireVectors(got.path("async"), expected);
    }

    @Test
    void openAisSdkForNodeGetsTheVectorsOfEmbed() throws Exception {
        JsonNode got = programs.run("node/openai_sdk.js", service, REFERENCE.texts());

        requireWhatOpenAisSdksGet(got);
    }

    private static void requireWhatOpenAisSdksGet(JsonNode got) {
        requireVectors(got.path("printed"), embed("Hello world", "Bonjour le monde"));
        requireVectors(got.path("base64"), expected);
        requireVectors(got.path("float"), expected);
        requireVectors(got.path("ids"), embed("Hello world"));
        requireVectors(got.path("alias"), embed("Hello world"));
        requireVectors(got.path("query"), embed("query: Hello world"));
        requireVectors(got.path("last"), embed("text 2047"));
        requireShortened(got.path("dimensions"));
        assertThat(got.path("tokens").intValue()).isEqualTo(REFERENCE.tokens());
        assertThat(got.path("truncated")).map(JsonNode::intValue).isEqualTo(REFERENCE.truncated());
    }

    @ParameterizedTest
    @ValueSource(strings = {"python/openai_keys.py", "node/openai_keys.js"})
    void openAisOwnClientsSendTheirKey(String program) throws Exception {
        try (ServiceProcess guarded =
                ServiceProcess.configure().with("EMBEDDING_API_KEYS", "right").ready()) {

            JsonNode got = programs.run(program, guarded, "right");

            assertThat(got.path("right")).hasSize(1);
        }
    }

    @Test
    void openAisOwnClientsRetryAfter429() throws Exception {
        List<String> texts = GeneratedTexts.of(400, 5, 4);
        ExecutorService callers = Executors.newFixedThreadPool(2);
        try (ServiceProcess full = ServiceProcess.configure()
                .with("EMBEDDING_MAX_BATCH_WAIT", "1s")
                .ready()) {
            CompletableFuture<Answer> ingest =
                    full.client().embedLater(GeneratedTexts.of(400, 400, 3), "X-Request-Timeout-Ms", "120000");
            Await.until(
                    PATIENCE, () -> full.client().meter("embedding_queue_tokens") > 20_000, () -> "No ingest waits");

            Future<JsonNode> python = callers.submit(() -> programs.run("python/openai_refused.py", full, texts));
            Future<JsonNode> node = callers.submit(() -> programs.run("node/openai_refused.js", full, texts));

            assertThat(python.get().path("again")).hasSameSizeAs(texts);
            assertThat(node.get().path("again")).hasSameSizeAs(texts);
            assertThat(ingest.get().vectors()).hasSize(400);
            assertThat(full.client().meter("embedding_requests_total{outcome=\"saturated\"}"))
                    .isGreaterThanOrEqualTo(2);
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void langChainGetsTheVectorsOfEmbedWhenItSendsTexts() throws Exception {
        JsonNode got = programs.run("python/langchain_client.py", service, REFERENCE.texts());

        requireVectors(got.path("printed"), embed("Hello world", "Bonjour le monde"));
        requireVectors(got.path("documents"), expected);
        requireVectors(got.path("async"), expected);
        requireVectors(got.path("query"), embed("Hello world"));
        requireShortened(got.path("dimensions"));
    }

    @Test
    void llamaIndexGetsTheVectorsOfEmbed() throws Exception {
        List<String> lines = REFERENCE.texts().stream()
                .map(text -> text.replace("\n", " ")) // as it does itself
                .toList();
        JsonNode got = programs.run("python/llama_index_client.py", service, lines);

        List<float[]> ofLines = service.client().embed(lines).vectors();
        requireVectors(got.path("printed"), embed("Hello world", "Bonjour le monde"));
        requireVectors(got.path("texts"), ofLines);
        requireVectors(got.path("async"), ofLines);
        requireVectors(got.path("query"), embed("Hello world"));
        requireShortened(got.path("dimensions"));
    }

    @Test
    void langChain4jGetsTheVectorsOfEmbed() throws Exception {
        requireWhatJavaGets(programs.run("java/LangChain4jClient.java", service, REFERENCE.texts()));
    }

    @Test
    void springAiGetsTheVectorsOfEmbed() throws Exception {
        requireWhatJavaGets(programs.run("java/SpringAiClient.java", service, REFERENCE.texts()));
    }

    private static void requireWhatJavaGets(JsonNode got) {
        requireVectors(got.path("printed"), embed("Hello world"));
        requireVectors(got.path("texts"), expected);
        requireVectors(got.path("base64"), expected);
        requireVectors(got.path("float"), expected);
        requireShortened(got.path("dimensions"));
    }

    private static List<float[]> embed(String... texts) {
        return service.client().embed(List.of(texts)).vectors();
    }

    /** The bits are the same. */
    private static void requireVectors(JsonNode got, List<float[]> expected) {
        assertThat(floats(got)).usingElementComparator(Arrays::compare).isEqualTo(expected);
    }

    private static List<float[]> floats(JsonNode got) {
        List<float[]> vectors = new ArrayList<>();
        got.forEach(vector -> vectors.add(Answer.floats(vector)));
        return vectors;
    }

    /** The first 128 components of "Hello world", with a length of one. */
    private static void requireShortened(JsonNode got) {
        float[] whole = embed("Hello world").get(0);
        double squares = 0;
        for (int index = 0; index < 128; index++) {
            squares += (double) whole[index] * whole[index];
        }
        float[] shortened = new float[128];
        for (int index = 0; index < 128; index++) {
            shortened[index] = (float) (whole[index] / Math.sqrt(squares));
        }
        assertThat(got).hasSize(1);
        ReferenceVectors.requireNear(Answer.floats(got.path(0)), shortened, 1e-6);
    }
}
