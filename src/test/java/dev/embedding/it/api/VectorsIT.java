package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ReferenceVectors.Row;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests that the bundled model's vectors equal those of sentence-transformers, whatever else is computed with a text.
 */
@Tag("alone")
@ExtendWith(SharedService.class)
class VectorsIT {

    private static final double TOLERANCE = 2e-6;
    /** Bypasses the cache, as other tests may have sent the same texts. */
    private static final String[] COMPUTED = {"Cache-Control", "no-store"};

    private static final int MANY = 1_000;
    private static final int CLIENTS = 50;
    private static final int REQUESTS_PER_CLIENT = 2;

    private final ServiceClient client;
    private final ReferenceVectors reference = ReferenceVectors.ofBgeSmall();

    VectorsIT(ServiceProcess service) {
        client = service.client();
    }

    @Test
    void equalTheReferenceForEachTextAlone() {
        for (int index = 0; index < reference.rows().size(); index++) {
            Row row = reference.rows().get(index);

            Answer response = client.embed(List.of(row.text()), COMPUTED);

            requireRow(response, 0, row);
            assertThat(response.json().path("tokens").intValue()).isEqualTo(row.tokens());
            assertThat(response.truncated()).isEqualTo(reference.truncated().contains(index) ? List.of(0) : List.of());
        }
    }

    @Test
    void equalTheReferenceAllTogether() {
        Answer response = client.embed(reference.texts(), COMPUTED);

        for (int index = 0; index < reference.rows().size(); index++) {
            requireRow(response, index, reference.rows().get(index));
        }
        assertThat(response.json().path("tokens").intValue()).isEqualTo(reference.tokens());
        assertThat(response.truncated()).isEqualTo(reference.truncated());
        assertThat(response.json().path("dimension").intValue()).isEqualTo(384);
    }

    @Test
    void equalTheReferenceAmongAThousandTexts() {
        List<String> texts = new ArrayList<>(GeneratedTexts.of(MANY, 7, 1));
        int step = MANY / reference.rows().size();
        for (int index = 0; index < reference.rows().size(); index++) {
            texts.set(index * step, reference.texts().get(index));
        }

        Answer response = client.embed(texts, COMPUTED);

        assertThat(response.vectors()).hasSize(MANY).allSatisfy(vector -> assertThat(ReferenceVectors.norm(vector))
                .isBetween(0.99999, 1.00001));
        for (int index = 0; index < reference.rows().size(); index++) {
            requireRow(response, index * step, reference.rows().get(index));
        }
        assertThat(response.truncated())
                .isEqualTo(reference.truncated().stream()
                        .map(index -> index * step)
                        .toList());
    }

    @Test
    void equalTheReferenceWithFiftyConcurrentCallers() throws Exception {
        List<CompletableFuture<Void>> others = new ArrayList<>();
        for (int other = 0; other < CLIENTS; other++) {
            others.add(requestInTurn(other, 0));
        }

        equalTheReferenceForEachTextAlone();

        CompletableFuture.allOf(others.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
    }

    /** Sends this client's requests one after the other, and checks every vector of them. */
    private CompletableFuture<Void> requestInTurn(int other, int turn) {
        if (turn == REQUESTS_PER_CLIENT) {
            return CompletableFuture.completedFuture(null);
        }
        int count = reference.rows().size();
        Row first = reference.rows().get((other * REQUESTS_PER_CLIENT + turn) % count);
        Row second = reference.rows().get((other * 7 + turn * 3 + 1) % count);
        String own = GeneratedTexts.of(1, 10, other).get(0);
        return client.embedLater(List.of(first.text(), own, second.text()), COMPUTED)
                .thenCompose(response -> {
                    requireRow(response, 0, first);
                    requireRow(response, 2, second);
                    return requestInTurn(other, turn + 1);
                });
    }

    @Test
    void areTheSameForAllFormsOfASingleText() {
        Row row = reference.rows().get(4);
        String encoded = URLEncoder.encode(row.text(), StandardCharsets.UTF_8);

        Answer query = client.post("/embed/single?text=" + encoded);
        Answer string = client.postJson("/embed/single", Answer.jsonOf(row.text()));
        Answer object = client.postJson("/embed/single", "{\"text\": " + Answer.jsonOf(row.text()) + "}");

        for (Answer response : List.of(query, string, object)) {
            ReferenceVectors.requireNear(response.vector(), row.vector(), TOLERANCE);
            assertThat(response.json().path("dimension").intValue()).isEqualTo(384);
            assertThat(response.json().path("model_name").textValue()).isEqualTo("BAAI/bge-small-en-v1.5");
            assertThat(response.json().path("processing_time_ms").doubleValue()).isPositive();
            assertThat(response.json().path("tokens").intValue()).isEqualTo(row.tokens());
            assertThat(response.json().path("truncated").booleanValue()).isFalse();
        }
    }

    @Test
    void keepTheOrderOfTheTexts() {
        List<Row> rows = new ArrayList<>(reference.rows());
        Collections.reverse(rows);

        Answer response = client.embed(rows.stream().map(Row::text).toList(), COMPUTED);

        for (int index = 0; index < rows.size(); index++) {
            requireRow(response, index, rows.get(index));
        }
    }

    private static void requireRow(Answer response, int index, Row row) {
        ReferenceVectors.requireNear(response.vectors().get(index), row.vector(), TOLERANCE);
    }
}
