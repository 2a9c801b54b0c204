package dev.embedding.http.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.embedding.http.exchange.Bodies;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.ModelChoice.ModelName;
import dev.embedding.serving.RequestFailure;
import dev.embedding.support.Utf8Text;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbedRequestBodyTest {

    @Test
    void readsTheTextsInTheirOrder() {
        assertThat(texts("{\"texts\": [\"b\", \"a\", \"b\"]}")).containsExactly("b", "a", "b");
    }

    @Test
    void keepsTextsAsTheyAre() {
        assertThat(texts("{\"texts\": [\" a\\n\", \"\\u0000\", \"\\ud83d\\ude00😀\"]}"))
                .containsExactly(" a\n", "\0", "😀😀");
    }

    @Test
    void ignoresUnknownFields() {
        assertThat(texts("{\"x\": {\"texts\": [1]}, \"texts\": [\"a\"], \"y\": [[], NaN]}"))
                .containsExactly("a");
    }

    @Test
    void usesTheLastOfDuplicateKeys() {
        assertThat(texts("{\"texts\": 7, \"texts\": [\"\"], \"texts\": [\"b\"]}"))
                .containsExactly("b");
        assertThat(faults("{\"texts\": [\"b\"], \"texts\": 7}"))
                .containsExactly(new FieldError("body.texts", "Input should be a valid list", "list_type"));
    }

    @Test
    void acceptsAThousandTexts() {
        assertThat(texts(listOf(1_000, "\"a\""))).hasSize(1_000);
    }

    @Test
    void rejectsMoreThanAThousandTexts() {
        assertThat(faults(listOf(1_001, "\"a\"")))
                .containsExactly(
                        new FieldError("body.texts", "List should have at most 1000 items, not 1001", "too_long"));
    }

    @Test
    void rejectsTooManyItemsOfAnyKindWithOneFault() {
        assertThat(faults(listOf(1_002, "{\"a\": []}")))
                .extracting(FieldError::type)
                .containsExactly("too_long");
    }

    @Test
    void rejectsAnEmptyList() {
        assertThat(faults("{\"texts\": []}"))
                .containsExactly(new FieldError("body.texts", "List should have at least 1 item, not 0", "too_short"));
    }

    @Test
    void requiresTheTexts() {
        assertThat(faults("{}")).containsExactly(new FieldError("body.texts", "Field required", "missing"));
        assertThat(faults("{\"text\": [\"a\"]}")).extracting(FieldError::type).containsExactly("missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"a\"", "1", "true", "{\"0\": \"a\"}", "NaN"})
    void rejectsTextsThatAreNotAList(String value) {
        assertThat(faults("{\"texts\": " + value + "}"))
                .containsExactly(new FieldError("body.texts", "Input should be a valid list", "list_type"));
    }

    @Test
    void namesEachItemThatIsNotAString() {
        assertThat(faults("{\"texts\": [null, \"a\", 1, [\"b\"], {\"c\": \"d\"}, true, \"\"]}"))
                .extracting(FieldError::field, FieldError::type)
                .containsExactly(
                        tuple("body.texts.0", "string_type"),
                        tuple("body.texts.2", "string_type"),
                        tuple("body.texts.3", "string_type"),
                        tuple("body.texts.4", "string_type"),
                        tuple("body.texts.5", "string_type"));
    }

    @Test
    void namesTheIndicesOfBlankTexts() {
        assertThat(faults("{\"texts\": [\"a\", \"\", \" \\t\\n\", \"\\u00a0\"]}"))
                .containsExactly(new FieldError(
                        "body.texts", "Text at index 1, 2, 3 is empty or only white space", "value_error"));
    }

    @Test
    void namesOnlyTheFirstOfManyBlankTexts() {
        assertThat(faults(listOf(13, "\" \"")))
                .extracting(FieldError::message)
                .containsExactly("Text at index 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3 more is empty or only white space");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[\"a\"]", "\"a\"", "1", "null", "true"})
    void rejectsABodyThatIsNotAnObject(String body) {
        assertThat(faults(body))
                .containsExactly(new FieldError(
                        "body", "Input should be an object with the field texts", "model_attributes_type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1] x", "{\"texts\": []} x", "{\"texts\": [\"\"]} x", "{} x", "{\"texts\": [\"a\"]} x"})
    void reportsAJsonFaultBeforeAFaultOfTheContent(String body) {
        assertThat(faults(body))
                .containsExactly(
                        new FieldError("body." + (body.length() - 1), "JSON decode error: Extra data", "json_invalid"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"texts\": [\"a\"], \"input_type\": \"query\"} | QUERY",
                "{\"input_type\": \"document\", \"texts\": [\"a\"]} | DOCUMENT",
                "{\"texts\": [\"a\"], \"input_type\": \"query\", \"input_type\": \"document\"} | DOCUMENT",
                "{\"texts\": [\"a\"], \"input_type\": null} | Usual[]",
                "{\"texts\": [\"a\"], \"prompt_name\": \"x\"} | Named[name=x]",
                "{\"texts\": [\"a\"], \"prompt_name\": \"x\", \"input_type\": \"query\"} | Named[name=x]",
                "{\"texts\": [\"a\"], \"prompt_name\": null, \"input_type\": \"query\"} | QUERY"
            })
    void readsTheRequestedPrompt(String body, String choice) {
        assertThat(EmbedRequestBody.parse(Bodies.of(body)).options().prompt()).hasToString(choice);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"a/b\" | a/b",
                "\"\" | ''",
                "7 | 7",
                "-1.5e3 | -1.5e3",
                "NaN | NaN",
                "true | true",
                "false | false",
                "[] | […]",
                "[\"a\", [1], {\"texts\": 1}] | […]",
                "{\"texts\": 1} | {…}",
                "\"a\", \"model\": \"b\" | b"
            })
    void readsAnyValueAsANameThatIsIgnoredAlone(String value, String name) {
        assertThat(options("{\"model\": " + value + ", \"texts\": [\"a\"]}").model())
                .contains(new ModelName(name, true));
        assertThat(options("{\"texts\": [\"a\"], \"model\": " + value + "}").model())
                .contains(new ModelName(name, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ", \"model\": null", ", \"model\": \"a\", \"model\": null", ", \"x\": {\"model\": \"a\"}"})
    void namesNoModelWithoutAName(String field) {
        assertThat(options("{\"texts\": [\"a\"]" + field + "}").model()).isEmpty();
    }

    @Test
    void cutsANameThatIsLongerThanAny() {
        String longest = "x".repeat(1 << 20);

        assertThat(options("{\"texts\": [\"a\"], \"model\": \"" + longest + "\"}")
                        .model())
                .map(ModelName::text)
                .hasValueSatisfying(name -> assertThat(name).hasSizeLessThan(2_000));
    }

    private static EmbeddingOptions options(String body) {
        return EmbedRequestBody.parse(Bodies.of(body)).options();
    }

    @Test
    void rejectsInvalidPromptFields() {
        RequestFailure invalid = catchThrowableOfType(
                RequestFailure.class,
                () -> texts("{\"texts\": [], \"input_type\": \"search\", \"prompt_name\": [\"a\"]}"));

        assertThat(invalid.faults())
                .extracting(FieldError::field, FieldError::type)
                .containsExactly(
                        tuple("body.texts", "too_short"),
                        tuple("body.input_type", "literal_error"),
                        tuple("body.prompt_name", "string_type"));
    }

    private static String listOf(int count, String item) {
        return "{\"texts\": [" + String.join(",", Collections.nCopies(count, item)) + "]}";
    }

    private static List<String> texts(String body) {
        return EmbedRequestBody.parse(Bodies.of(body)).texts().stream()
                .map(Utf8Text::toString)
                .toList();
    }

    private static List<FieldError> faults(String body) {
        return catchThrowableOfType(RequestFailure.class, () -> texts(body)).faults();
    }
}
