package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;

/** Checks of errors in OpenAI's format. */
public final class OpenAiErrors {

    private OpenAiErrors() {}

    /** Checks that a response is such an error, and returns the content of its envelope. */
    public static JsonNode require(Answer response, int status) {
        assertThat(response.status()).as(response.text()).isEqualTo(status);
        assertThat(response.header("Content-Type").orElse("none")).startsWith("application/json");
        JsonNode error = response.json().path("error");
        assertThat(error.path("message").textValue()).isNotBlank();
        assertThat(error.path("type").textValue()).isNotBlank();
        assertThat(error.path("code").textValue()).isNotBlank();
        assertThat(error.has("param")).isTrue();
        return error;
    }
}
