package dev.embedding.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Ports;
import dev.embedding.fixture.ServiceProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads variables from a {@code .env} in the working directory, with lower precedence than the real environment. */
class DotEnvIT {

    private static final int PORT = Ports.free();

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .without("EMBEDDING_PORT")
                .expectedAt(PORT)
                .with("EMBEDDING_MAX_BATCH_SIZE", "8")
                .file(".env", """
                        # what this machine is used for
                        export EMBEDDING_PORT=%d
                        EMBEDDING_DEVICE=cpu  # or 'cuda'
                        EMBEDDING_NORMALIZE = "no"
                        export EMBEDDING_MODEL_CACHE_DIR='./cache # of models'
                        EMBEDDING_MAX_BATCH_SIZE=16
                        EMBEDDING_MAX_BODY_SIZE=1K  # small
                        EMBEDDING_QUERY_PROMPT="query: "  # with a blank
                        EMBEDDING_DOCUMENT_PROMPT=passage:   # without
                        CORS_ORIGINS=https://a.example,https://b.example # two
                        this line is no assignment
                        """.formatted(PORT))
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static JsonNode settings() {
        return service.client().get("/settings").json().path("settings");
    }

    @Test
    void isReadWithCommentsExportsAndQuotes() {
        assertThat(settings().path("port").intValue()).isEqualTo(PORT);
        assertThat(settings().path("device").textValue()).isEqualTo("cpu");
        assertThat(settings().path("normalize_embeddings").booleanValue()).isFalse();
        assertThat(settings().path("model_cache_dir").textValue()).isEqualTo("./cache # of models");
        assertThat(settings().path("query_prompt").textValue()).isEqualTo("query: ");
        assertThat(settings().path("document_prompt").textValue()).isEqualTo("passage:");
        assertThat(settings().path("cors_origins"))
                .map(JsonNode::textValue)
                .containsExactly("https://a.example", "https://b.example");
    }

    @Test
    void hasLowerPrecedenceThanTheRealEnvironment() {
        assertThat(settings().path("max_batch_size").intValue()).isEqualTo(8);
        assertThat(service.client()
                        .get("/model/info")
                        .json()
                        .path("max_batch_size")
                        .intValue())
                .isEqualTo(8);
    }

    @Test
    void setsProcessVariablesToo() {
        service.client().embed("a".repeat(1_100)).requireError(413);
        assertThat(service.client().embed("a".repeat(900)).vectors()).hasSize(1);
    }
}
