package dev.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A small model of {@code src/test/resources/reference}, and what sentence-transformers answers with it. */
public final class ReferenceModel {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final JsonNode expected;

    private ReferenceModel(Path directory, JsonNode expected) {
        this.directory = directory;
        this.expected = expected;
    }

    public static ReferenceModel of(String name) {
        Path directory = resource("/reference/models/" + name);
        return new ReferenceModel(directory, json(directory.resolve("expected.json")));
    }

    /** A file or folder of the tests' resources. */
    public static Path resource(String name) {
        URL location = Objects.requireNonNull(ReferenceModel.class.getResource(name), name);
        try {
            return Path.of(location.toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public Path directory() {
        return directory;
    }

    public Path tokenizer() {
        return directory.resolve("tokenizer.json");
    }

    public Path weights() {
        return directory.resolve("onnx/model.onnx");
    }

    public List<String> texts() {
        return stream(expected.path("texts")).map(JsonNode::asText).toList();
    }

    /** What the model sees of each text, special tokens included. */
    public List<int[]> tokenIds() {
        return stream(expected.path("token_ids"))
                .map(ids -> stream(ids).mapToInt(JsonNode::asInt).toArray())
                .toList();
    }

    /** One vector a text, as {@code encode(texts, normalize_embeddings=…)} answers it. */
    public List<float[]> vectors(boolean normalized) {
        return stream(expected.path(normalized ? "vectors_normalized" : "vectors"))
                .map(ReferenceModel::floats)
                .toList();
    }

    public int maxTokens() {
        return expected.path("max_seq_length").asInt();
    }

    public int dimension() {
        return expected.path("dimension").asInt();
    }

    public String pooling() {
        return expected.path("pooling").asText();
    }

    public float tolerance() {
        return (float) expected.path("tolerance").asDouble();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int index = 0; index < values.length; index++) {
            values[index] = (float) array.get(index).asDouble();
        }
        return values;
    }
}
