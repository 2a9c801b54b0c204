package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;

/** Errors as OpenAI words them. */
public final class OpenAiErrors {

    private OpenAiErrors() {}

    /** Checks that an answer is one, and returns what is in its envelope. */
    public static JsonNode require(Answer answer, int status) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type").orElse("none")).startsWith("application/json");
        JsonNode error = answer.json().path("error");
        assertThat(error.path("message").textValue()).isNotBlank();
        assertThat(error.path("type").textValue()).isNotBlank();
        assertThat(error.path("code").textValue()).isNotBlank();
        assertThat(error.has("param")).isTrue();
        return error;
    }
}
