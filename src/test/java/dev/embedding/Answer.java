package dev.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An HTTP answer, and what tests read from it. */
record Answer(int status, HttpHeaders headers, byte[] body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What would show a caller the inside of the service. */
    private static final List<String> INTERNALS =
            List.of("Exception", "java.", "jakarta.", "dev.embedding", "io.quarkus", "io.vertx", "\tat ", "ai.onnx");

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (IOException failure) {
            throw new UncheckedIOException("Not JSON: " + text(), failure);
        }
    }

    /** The vectors of {@code POST /embed}. */
    List<float[]> vectors() {
        assertThat(status)
                .as(text().substring(0, Math.min(300, text().length())))
                .isEqualTo(200);
        List<float[]> vectors = new ArrayList<>();
        json().path("embeddings").forEach(vector -> vectors.add(floats(vector)));
        return vectors;
    }

    /** The vector of {@code POST /embed/single}. */
    float[] vector() {
        assertThat(status)
                .as(text().substring(0, Math.min(300, text().length())))
                .isEqualTo(200);
        return floats(json().path("embedding"));
    }

    List<Integer> truncated() {
        List<Integer> indices = new ArrayList<>();
        json().path("truncated").forEach(index -> indices.add(index.intValue()));
        return indices;
    }

    /** Checks that this is an error as the contract words all of them, and returns its body. */
    JsonNode requireError(int expectedStatus) {
        assertThat(status).as(text()).isEqualTo(expectedStatus);
        assertThat(header("Content-Type").orElse("none")).startsWith("application/json");
        assertThat(INTERNALS).noneMatch(text()::contains);
        JsonNode error = json();
        assertThat(error.path("error").textValue()).isNotBlank();
        assertThat(error.path("detail").textValue()).isNotBlank();
        assertThat(error.path("request_id").textValue())
                .isNotBlank()
                .isEqualTo(header("X-Request-ID").orElse("none"));
        return error;
    }

    /** Checks that this is a 422, and returns its faults, each as {@code field type}. */
    List<String> requireFaults() {
        JsonNode error = requireError(422);
        assertThat(error.path("error").textValue()).isEqualTo("Validation Error");
        List<String> faults = new ArrayList<>();
        for (JsonNode fault : error.path("errors")) {
            assertThat(fault.path("message").textValue()).isNotBlank();
            faults.add(
                    fault.path("field").textValue() + " " + fault.path("type").textValue());
        }
        return faults;
    }

    static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int index = 0; index < values.length; index++) {
            values[index] = array.get(index).floatValue();
        }
        return values;
    }

    /** A value as a JSON document. */
    static String jsonOf(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
