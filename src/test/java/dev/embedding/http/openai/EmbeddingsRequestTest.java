package dev.embedding.http.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.http.exchange.Bodies;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.ModelChoice.ModelName;
import dev.embedding.serving.PromptChoice;
import dev.embedding.serving.RequestFailure;
import dev.embedding.serving.model.Input;
import dev.embedding.support.Utf8Text;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingsRequestTest {

    private static final String INPUT = "\"input\": \"a\", ";

    private static EmbeddingsRequest read(String fields) {
        return Bodies.of("{" + fields + "}").read(EmbeddingsRequest.class);
    }

    private static List<FieldError> faults(String fields) {
        return catchThrowableOfType(RequestFailure.class, () -> read(fields)).faults();
    }

    @Test
    void readsTextsAndTokenIds() {
        assertThat(read("\"input\": [\"a\", \"b\"]").input())
                .containsExactly(new Input.Text(Utf8Text.of("a")), new Input.Text(Utf8Text.of("b")));
        assertThat(read("\"input\": [[1, 2], [3]]").input())
                .extracting(ids -> ((Input.TokenIds) ids).ids())
                .containsExactly(new int[] {1, 2}, new int[] {3});
    }

    @Test
    void usesDefaultsForAbsentFieldsAndNulls() {
        EmbeddingOptions usual = EmbeddingOptions.prompted(PromptChoice.USUAL);

        assertThat(read("\"input\": \"a\"").options()).isEqualTo(usual);
        assertThat(read(INPUT + "\"model\": null, \"dimensions\": null, \"truncate\": null, \"task\": null")
                        .options())
                .isEqualTo(usual);
        assertThat(read("\"input\": \"a\"").encoder()).isEqualTo(OpenAiResponseEncoder.NUMBERS);
    }

    @Test
    void readsOtherServicesNamesOfFields() {
        EmbeddingsRequest request = read(INPUT + "\"model\": \"m\", \"output_dimension\": 64, \"truncation\": false,"
                + " \"task\": \"retrieval.query\", \"embedding_type\": \"base64\", \"output_dtype\": \"float\"");

        assertThat(request.options())
                .isEqualTo(new EmbeddingOptions(
                        Optional.of(new ModelName("m", false)),
                        PromptChoice.InputType.QUERY,
                        OptionalInt.of(64),
                        true));
        assertThat(request.encoder()).isEqualTo(OpenAiResponseEncoder.BASE64);
    }

    @Test
    void prefersOtherServicesNamesWhateverTheOrder() {
        for (String fields : List.of(
                "\"dimensions\": 8, \"output_dimension\": 64, \"encoding_format\": \"base64\", \"embedding_type\": \"float\"",
                "\"output_dimension\": 64, \"dimensions\": 8, \"embedding_type\": \"float\","
                        + " \"encoding_format\": \"base64\"")) {
            EmbeddingsRequest request = read(INPUT + fields);

            assertThat(request.options().dimensions()).hasValue(64);
            assertThat(request.encoder()).isEqualTo(OpenAiResponseEncoder.NUMBERS);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "query, QUERY",
        "search_query, QUERY",
        "document, DOCUMENT",
        "search_document, DOCUMENT",
        "passage, PASSAGE"
    })
    void choosesThePromptOfAnInputType(String name, PromptChoice.InputType prompt) {
        assertThat(read(INPUT + "\"task\": \"retrieval.query\", \"input_type\": \"" + name + "\"")
                        .options()
                        .prompt())
                .isEqualTo(prompt);
    }

    @Test
    void prefersTheNameOfAPrompt() {
        assertThat(read(INPUT + "\"prompt_name\": \"p\", \"input_type\": \"query\"")
                        .options()
                        .prompt())
                .isEqualTo(new PromptChoice.Named("p"));
    }

    @Test
    void reportsTheFaultsOfAllFieldsThatOfTheInputFirst() {
        assertThat(faults("\"truncation\": 1, \"dimensions\": 0, \"model\": 7, \"input_type\": \"image\","
                        + " \"encoding_format\": \"hex\", \"output_dtype\": \"int8\", \"input\": null"))
                .containsExactly(
                        new FieldError(
                                "body.input",
                                "Input should be a string, a list of strings, a list of token ids, or a list of lists of"
                                        + " token ids",
                                "invalid_type"),
                        new FieldError("body.truncation", "Input should be a valid string", "invalid_type"),
                        new FieldError(
                                "body.dimensions", "Input should be a whole number of 1 or more", "invalid_value"),
                        new FieldError("body.model", "Input should be a valid string", "invalid_type"),
                        new FieldError(
                                "body.input_type", "Input should be 'query', 'document' or 'passage'", "invalid_value"),
                        new FieldError("body.encoding_format", "Input should be 'float' or 'base64'", "invalid_value"),
                        new FieldError("body.output_dtype", "Input should be 'float'", "invalid_value"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"input\": 1, \"input\": \"a\"",
                "\"input\": [[], 1], \"dimensions\": \"\", \"input\": \"a\", \"dimensions\": null"
            })
    void dropsTheFaultsOfEarlierDuplicates(String fields) {
        assertThat(read(fields).input()).containsExactly(new Input.Text(Utf8Text.of("a")));
    }

    @Test
    void requiresTheInput() {
        assertThat(faults("\"model\": 7"))
                .containsExactly(
                        new FieldError("body.input", "Field required", "missing"),
                        new FieldError("body.model", "Input should be a valid string", "invalid_type"));
    }
}
