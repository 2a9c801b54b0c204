package dev.embedding.http.openai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiDialectTest {

    private final OpenAiDialect dialect = new OpenAiDialect();

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/embeddings", "/v1/none", "/embeddings/", "/models/a/b", "/openai/v1/models"})
    void ownsThePathsOfItsClients(String path) {
        assertThat(dialect.owns(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/embed", "/embed/single", "/model/info", "/v10", "/v2/embed", "/embeddingsx", "/openai"})
    void ownsNoOtherPaths(String path) {
        assertThat(dialect.owns(path)).isFalse();
        assertThat(dialect.embeds(path)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"/v1/embeddings, POST", "/embeddings/, POST", "/v1/models, GET", "/v1/models/embeddings, GET"})
    void allowsPostForEmbeddingsAndGetForModels(String path, String method) {
        assertThat(dialect.allowedMethods(path)).isEqualTo(method);
    }

    @ParameterizedTest
    @CsvSource({
        "422, 400",
        "404, 404",
        "413, 413",
        "401, 401",
        "412, 412",
        "429, 429",
        "504, 504",
        "503, 503",
        "500, 500"
    })
    void translatesStatuses(int ofTheService, int ofOpenAi) {
        assertThat(dialect.status(ofTheService)).isEqualTo(ofOpenAi);
    }
}
