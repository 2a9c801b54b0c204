package dev.embedding.http.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.embedding.http.exchange.Bodies;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.ModelChoice.ModelName;
import dev.embedding.serving.RequestFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbedSingleRequestBodyTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"Hello world\"",
                "{\"text\": \"Hello world\"}",
                "{\"a\": [{}], \"text\": \"Hello world\", \"b\": {\"text\": 1}}",
                "{\"text\": 1, \"text\": \"Hello world\"}",
                " {\"text\"\n: \"Hello\\u0020world\"} "
            })
    void readsTheBody(String body) {
        assertThat(text(body)).isEqualTo("Hello world");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"text\": \"a\", \"model\": \"b\"} | b",
                "{\"model\": [\"b\"], \"text\": \"a\"} | […]",
                "{\"text\": \"a\", \"model\": 7} | 7"
            })
    void readsTheNameOfAModel(String body, String name) {
        assertThat(EmbedSingleRequestBody.parse(Bodies.of(body)).options().model())
                .contains(new ModelName(name, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", "{\"text\": \"a\"}", "{\"text\": \"a\", \"model\": null}"})
    void namesNoModelWithoutAName(String body) {
        assertThat(EmbedSingleRequestBody.parse(Bodies.of(body)).options().model())
                .isEmpty();
    }

    @Test
    void rejectsABlankBody() {
        assertThat(faults("\" \""))
                .containsExactly(new FieldError("body", "The text is empty or only white space", "value_error"));
        assertThat(faults("{\"text\": \"\"}"))
                .containsExactly(new FieldError("body.text", "The text is empty or only white space", "value_error"));
    }

    @Test
    void requiresTheText() {
        assertThat(faults("{\"texts\": [\"a\"]}"))
                .containsExactly(new FieldError("body.text", "Field required", "missing"));
        assertThat(faults("")).containsExactly(new FieldError("body", "Field required", "missing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "[\"a\"]", "{\"a\": \"b\"}", "true"})
    void rejectsATextThatIsNotAString(String value) {
        assertThat(faults("{\"text\": " + value + "}"))
                .containsExactly(new FieldError("body.text", "Input should be a valid string", "string_type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "[\"a\"]", "false"})
    void rejectsABodyThatIsNeitherTextNorObject(String body) {
        assertThat(faults(body))
                .extracting(FieldError::field, FieldError::type)
                .containsExactly(tuple("body", "model_attributes_type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a", "\"a\" x", "{\"text\": \"a\"", "text", "{} x", "\"\" x"})
    void rejectsABodyThatIsNotJson(String body) {
        assertThat(faults(body)).extracting(FieldError::type).containsExactly("json_invalid");
    }

    private static String text(String body) {
        return EmbedSingleRequestBody.parse(Bodies.of(body)).text().toString();
    }

    private static List<FieldError> faults(String body) {
        return catchThrowableOfType(RequestFailure.class, () -> text(body)).faults();
    }
}
