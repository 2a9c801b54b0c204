package dev.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Texts and the vectors that sentence-transformers gives them.
 *
 * @param maxTokens longer texts are cut to this length
 */
record ReferenceVectors(int maxTokens, List<Row> rows) {

    /** {@code maxTokens} of a model that takes texts of any length. */
    static final int NO_LIMIT = Integer.MAX_VALUE;

    static final Path MODELS =
            Path.of("src", "test", "resources", "reference", "models").toAbsolutePath();

    private static final Path REFERENCE = Path.of("src", "test", "resources", "reference");

    static final Path MINI_LM =
            Path.of("target", "test-models", "all-MiniLM-L6-v2").toAbsolutePath();

    /** One text. */
    record Row(String text, int tokens, float[] vector) {}

    /** Those of the bundled model. */
    static ReferenceVectors ofBgeSmall() {
        return ofRealModel("bge-small-en-v1.5.json");
    }

    /** Those of the second real model, which lies in {@link #MINI_LM}. */
    static ReferenceVectors ofMiniLm() {
        return ofRealModel("all-MiniLM-L6-v2.json");
    }

    private static ReferenceVectors ofRealModel(String name) {
        JsonNode file = read(REFERENCE.resolve(name));
        return new ReferenceVectors(
                file.path("max_seq_length").intValue(),
                stream(file.path("rows"))
                        .map(row -> new Row(
                                row.path("text").textValue(),
                                row.path("tokens").intValue(),
                                Answer.floats(row.path("vector"))))
                        .toList());
    }

    /** Those of a small model. */
    static ReferenceVectors ofModel(String name, boolean normalized) {
        JsonNode file = expected(name);
        return of(file, file.path("token_ids"), file.path(normalized ? "vectors_normalized" : "vectors"));
    }

    /** Those of a small model with one of its prompts, not normalised. */
    static ReferenceVectors withPrompt(String name, String prompt) {
        JsonNode file = expected(name);
        JsonNode prompted = file.path("prompted").path(prompt);
        return of(file, prompted.path("token_ids"), prompted.path("vectors"));
    }

    /** Names of a small model's prompts. */
    static List<String> prompts(String name) {
        return expected(name).path("prompted").properties().stream()
                .map(Map.Entry::getKey)
                .toList();
    }

    private static JsonNode expected(String name) {
        return read(MODELS.resolve(name).resolve("expected.json"));
    }

    private static ReferenceVectors of(JsonNode file, JsonNode tokenIds, JsonNode vectors) {
        return new ReferenceVectors(
                file.path("max_seq_length").asInt(NO_LIMIT),
                IntStream.range(0, vectors.size())
                        .mapToObj(index -> new Row(
                                file.path("texts").get(index).textValue(),
                                tokenIds.get(index).size(),
                                Answer.floats(vectors.get(index))))
                        .toList());
    }

    List<String> texts() {
        return rows.stream().map(Row::text).toList();
    }

    int tokens() {
        return rows.stream().mapToInt(Row::tokens).sum();
    }

    /** Indices of the texts that fill the model's length, all of which are longer. */
    List<Integer> truncated() {
        return IntStream.range(0, rows.size())
                .filter(index -> rows.get(index).tokens() == maxTokens)
                .boxed()
                .toList();
    }

    static void requireNear(float[] actual, float[] expected, double tolerance) {
        assertThat(maxDifference(actual, expected)).isLessThanOrEqualTo(tolerance);
    }

    /** The largest difference of two components; infinite when the lengths differ. */
    static double maxDifference(float[] one, float[] other) {
        if (one.length != other.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int index = 0; index < one.length; index++) {
            double difference = Math.abs((double) one[index] - other[index]);
            largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
        }
        return largest;
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** Length of a vector. */
    static double norm(float[] vector) {
        double squares = 0;
        for (float component : vector) {
            squares += (double) component * component;
        }
        return Math.sqrt(squares);
    }
}
