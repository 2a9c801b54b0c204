package dev.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.ReferenceVectors.Row;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models in a directory of the operator's, with every kind of tokenizer and pooling that this version knows. */
class LocalModelsIT {

    private static final double TOLERANCE = 2e-5;
    private static final double TOLERANCE_OF_HALF_PRECISION = 2e-3;

    @ParameterizedTest
    @CsvSource({
        "bert-cls-normalize, true",
        "bert-cls-normalize, false",
        "distilbert-mean, true",
        "distilbert-mean, false",
        "roberta-mean-bpe, true",
        "roberta-mean-bpe, false",
        "xlmr-mean-prompts, true",
        "xlmr-mean-prompts, false",
        "modernbert-rope-mean, true",
        "modernbert-rope-mean, false",
        "bert-mean-external-data, true",
        "bert-mean-external-data, false",
        "bert-max, true",
        "bert-max, false",
        "bert-cls-mean-concat, true",
        "bert-cls-mean-concat, false",
        "bert-mean-sqrt-len, true",
        "bert-mean-sqrt-len, false",
        "bert-weightedmean, true",
        "bert-weightedmean, false",
        "bert-mean-dense-normalize, true",
        "bert-mean-dense-normalize, false",
        "bert-sentence-embedding-output, true",
        "plain-transformers, true",
        "plain-transformers, false",
        "decoder-lasttoken, true",
        "decoder-lasttoken, false",
        "decoder-position-ids, true",
        "decoder-position-ids, false",
        "bert-mean-fp16, true",
        "bert-mean-fp16, false",
    })
    void givesTheVectorsOfSentenceTransformers(String model, boolean normalize) {
        ReferenceVectors reference = ReferenceVectors.ofModel(model, normalize);
        double tolerance = model.endsWith("fp16") ? TOLERANCE_OF_HALF_PRECISION : TOLERANCE;
        String directory = ReferenceVectors.MODELS.resolve(model).toString();
        try (ServiceProcess service = ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", directory)
                .with("EMBEDDING_NORMALIZE", Boolean.toString(normalize))
                .ready()) {

            Answer together = service.client().embed(reference.texts());
            List<Answer> alone =
                    reference.texts().stream().map(service.client()::embed).toList();

            assertThat(together.truncated()).isEqualTo(reference.truncated());
            assertThat(together.json().path("tokens").intValue()).isEqualTo(reference.tokens());
            for (int index = 0; index < alone.size(); index++) {
                Row row = reference.rows().get(index);
                ReferenceVectors.requireNear(together.vectors().get(index), row.vector(), tolerance);
                ReferenceVectors.requireNear(alone.get(index).vectors().get(0), row.vector(), tolerance);
                assertThat(alone.get(index).json().path("tokens").intValue()).isEqualTo(row.tokens());
            }
            JsonNode info = service.client().get("/model/info").json();
            assertThat(info.path("model_name").textValue()).isEqualTo(directory);
            assertThat(info.path("source").textValue()).isEqualTo("directory");
            assertThat(info.path("max_input_tokens").intValue()).isEqualTo(reference.maxTokens());
        }
    }
}
