package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositionEmbeddingsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({
        "roberta, 128",
        "xlm-roberta, 128",
        "xlm-roberta-xl, 128",
        "camembert, 128",
        "mpnet, 128",
        "roberta-prelayernorm, 128",
        "data2vec-text, 128",
        "longformer, 128",
        "esm, 128",
        "bert, 130",
        "unknown, 130"
    })
    void usesTheArchitecturesPaddingIdByDefault(String architecture, int count) throws IOException {
        String config = "\"model_type\": \"" + architecture + "\", \"max_position_embeddings\": 130";

        assertThat(count("{" + config + "}")).isEqualTo(count);
        assertThat(count("{" + config + ", \"pad_token_id\": null}")).isEqualTo(count);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model_type\": \"esm\", \"max_position_embeddings\": 130, \"position_embedding_type\": \"rotary\"} | 130",
                "{\"model_type\": \"gpt2\", \"n_positions\": 64} | 64",
                "{\"model_type\": \"gpt2\", \"n_positions\": 64, \"max_position_embeddings\": 32} | 32",
                "{\"model_type\": \"nomic_bert\", \"n_positions\": 8192, \"max_trained_positions\": 2048} | 8192",
                "{\"model_type\": \"t5\", \"n_positions\": 64} | 0",
                "{\"model_type\": \"bert\"} | 0"
            })
    void findsTheNumberOfPositions(String config, int count) throws IOException {
        assertThat(count(config)).isEqualTo(count);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model_type\": \"roberta\"} | 1",
                "{\"model_type\": \"roberta\", \"pad_token_id\": null} | 1",
                "{\"model_type\": \"roberta\", \"pad_token_id\": 0} | 0",
                "{\"model_type\": \"bert\"} | 0",
                "{\"model_type\": \"bert\", \"pad_token_id\": 3} | 3",
                "{\"model_type\": \"bert\", \"pad_token_id\": null} | 0"
            })
    void padsWithTheIdOfTheArchitectureByDefault(String config, int id) throws IOException {
        assertThat(PositionEmbeddings.padTokenId(JSON.readTree(config))).isEqualTo(id);
    }

    private static int count(String config) throws IOException {
        return PositionEmbeddings.count(JSON.readTree(config));
    }
}
