package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests cache hits and shared computations, as callers and operators see them. */
class CacheIT {

    private static final long SIZE = 1 << 20;

    private static ServiceProcess service;
    private static ServiceClient client;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .with("EMBEDDING_CACHE_SIZE", Long.toString(SIZE))
                .ready();
        client = service.client();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void aRepeatedTextGetsTheSameBitsWithoutComputation() {
        List<String> texts = new ArrayList<>(GeneratedTexts.of(20, 40, 31));
        Answer first = client.embed(texts);
        double computed = computedTokens();
        double hits = texts("hit");

        Collections.reverse(texts);
        Answer again = client.embed(texts);

        List<float[]> expected = new ArrayList<>(first.vectors());
        Collections.reverse(expected);
        assertThat(again.vectors()).usingRecursiveComparison().isEqualTo(expected);
        assertThat(again.json().path("tokens")).isEqualTo(first.json().path("tokens"));
        assertThat(computedTokens()).isEqualTo(computed);
        assertThat(texts("hit") - hits).isEqualTo(20);
    }

    @Test
    void separatesTheVectorsOfSeveralKeys() {
        try (ServiceProcess keyed = ServiceProcess.configure()
                .with("EMBEDDING_CACHE_SIZE", Long.toString(SIZE))
                .with("EMBEDDING_API_KEYS", "one,two")
                .ready()) {
            List<String> text = List.of("a text that only one of them embedded");
            for (String key : List.of("one", "two", "one")) {
                assertThat(keyed.client().embed(text, "X-API-Key", key).vectors())
                        .hasSize(1);
            }

            String metrics =
                    keyed.client().get("/q/metrics", "X-API-Key", "one").text();
            assertThat(metrics)
                    .containsPattern("embedding_cache_total\\{model=\"default\",outcome=\"miss\",?} 2\\.0")
                    .containsPattern("embedding_cache_total\\{model=\"default\",outcome=\"hit\",?} 1\\.0");
        }
    }

    @Test
    void allFormsOfASingleTextHitTheCache() {
        Answer first = client.embed("a text in all forms");
        double computed = computedTokens();

        Answer query = client.post("/embed/single?text=a%20text%20in%20all%20forms");
        Answer string = client.postJson("/embed/single", "\"a text in all forms\"");

        assertThat(query.vector()).isEqualTo(first.vectors().get(0)).isEqualTo(string.vector());
        assertThat(computedTokens()).isEqualTo(computed);
    }

    @Test
    void noStoreBypassesTheCache() {
        List<String> text = List.of("a text that is not to be kept");
        double bypassed = texts("bypass");
        double computed = computedTokens();

        float[] first = client.embed(text, "Cache-Control", "max-age=0, No-Store")
                .vectors()
                .get(0);
        float[] second =
                client.embed(text, "Cache-Control", "no-store").vectors().get(0);
        double misses = texts("miss");
        client.embed(text, "Cache-Control", "no-cache");

        assertThat(texts("bypass") - bypassed).isEqualTo(2);
        assertThat(computedTokens() - computed).isEqualTo(3 * 10);
        assertThat(texts("miss") - misses).isOne();
        ReferenceVectors.requireNear(first, second, 2e-6);
    }

    @Test
    void equalTextsOfConcurrentCallersAreComputedOnce() {
        List<String> texts = GeneratedTexts.of(8, 200, 32);
        double computed = computedTokens();
        List<CompletableFuture<Answer>> responses = new ArrayList<>();
        for (int caller = 0; caller < 40; caller++) {
            responses.add(client.embedLater(texts));
        }

        List<float[]> first = responses.get(0).join().vectors();
        double tokens = responses.get(0).join().json().path("tokens").doubleValue();

        for (CompletableFuture<Answer> response : responses) {
            assertThat(response.join().vectors()).usingRecursiveComparison().isEqualTo(first);
        }
        assertThat(computedTokens() - computed).isEqualTo(tokens);
    }

    @Test
    void aCallerThatDisconnectsDoesNotCancelASharedComputation() throws Exception {
        List<String> texts = GeneratedTexts.of(60, 300, 33);
        CompletableFuture<Answer> leaving = client.embedLater(texts);
        CompletableFuture<Answer> staying = client.embedLater(texts);
        Await.until(
                Duration.ofSeconds(30), () -> client.meter("embedding_queue_tokens") > 0, () -> "nothing was queued");

        leaving.cancel(true);

        assertThat(staying.join().vectors()).hasSize(60);
    }

    @Test
    void usesNoMoreMemoryThanItsSize() {
        for (int request = 0; request < 5; request++) {
            client.embed(GeneratedTexts.of(300, 3, 34 + request));
        }

        assertThat(client.meter("embedding_cache_size_bytes")).isBetween(0.9 * SIZE, (double) SIZE);
        assertThat(client.meter("embedding_cache_vectors")).isBetween(400.0, 700.0);
    }

    private static double computedTokens() {
        return client.meter("embedding_tokens_total");
    }

    private static double texts(String outcome) {
        return client.meter("embedding_cache_total{outcome=\"" + outcome + "\"}");
    }
}
