package dev.embedding.http.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.embedding.http.exchange.Bodies;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import dev.embedding.support.Utf8Text;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbedSingleRequestBodyTest {

    @ParameterizedTest
    @CsvSource({
        "/embed/single?text=Hello%20world, Hello world",
        "/embed/single?text=Hello+world, Hello world",
        "/embed/single?a=b&text=x, x",
        "/embed/single?text=a&text=b, b",
        "/embed/single?text=%F0%9F%98%80, 😀",
        "/embed/single?text=a%26b, a&b"
    })
    void readsTheQuery(String uri, String text) {
        assertThat(EmbedSingleRequestBody.fromQuery(uri).map(EmbedSingleRequestBody::text))
                .contains(Utf8Text.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/embed/single", "/embed/single?", "/embed/single?Text=a", "/embed/single?a=text"})
    void findsNoTextInOtherQueries(String uri) {
        assertThat(EmbedSingleRequestBody.fromQuery(uri)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/embed/single?text=", "/embed/single?text", "/embed/single?text=%20+%C2%A0", "/?text=a&text="})
    void rejectsABlankQuery(String uri) {
        RequestFailure invalid =
                catchThrowableOfType(RequestFailure.class, () -> EmbedSingleRequestBody.fromQuery(uri));

        assertThat(invalid.faults())
                .containsExactly(new FieldError("query.text", "The text is empty or only white space", "value_error"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/embed/single?text=%", "/embed/single?text=%zz", "/embed/single?text=a%2"})
    void rejectsAQueryThatIsNotPercentEncoded(String uri) {
        assertThatThrownBy(() -> EmbedSingleRequestBody.fromQuery(uri)).isInstanceOf(RequestFailure.class);
    }

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
        return EmbedSingleRequestBody.fromBody(Bodies.of(body)).text().toString();
    }

    private static List<FieldError> faults(String body) {
        return catchThrowableOfType(RequestFailure.class, () -> text(body)).faults();
    }
}
