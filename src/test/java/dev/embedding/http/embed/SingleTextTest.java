package dev.embedding.http.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.embedding.http.edge.failure.Fault;
import dev.embedding.http.edge.failure.InvalidRequestException;
import dev.embedding.http.exchange.Bodies;
import dev.embedding.support.Utf8Text;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SingleTextTest {

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
        assertThat(SingleText.fromQuery(uri).map(SingleText::text)).contains(Utf8Text.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/embed/single", "/embed/single?", "/embed/single?Text=a", "/embed/single?a=text"})
    void findsNoTextInOtherQueries(String uri) {
        assertThat(SingleText.fromQuery(uri)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/embed/single?text=", "/embed/single?text", "/embed/single?text=%20+%C2%A0", "/?text=a&text="})
    void refusesABlankQuery(String uri) {
        InvalidRequestException invalid =
                catchThrowableOfType(InvalidRequestException.class, () -> SingleText.fromQuery(uri));

        assertThat(invalid.faults())
                .containsExactly(new Fault("query.text", "The text is empty or only white space", "value_error"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/embed/single?text=%", "/embed/single?text=%zz", "/embed/single?text=a%2"})
    void refusesAQueryThatIsNotEncoded(String uri) {
        assertThatThrownBy(() -> SingleText.fromQuery(uri)).isInstanceOf(InvalidRequestException.class);
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
    void refusesABlankBody() {
        assertThat(faults("\" \""))
                .containsExactly(new Fault("body", "The text is empty or only white space", "value_error"));
        assertThat(faults("{\"text\": \"\"}"))
                .containsExactly(new Fault("body.text", "The text is empty or only white space", "value_error"));
    }

    @Test
    void missesTheText() {
        assertThat(faults("{\"texts\": [\"a\"]}")).containsExactly(new Fault("body.text", "Field required", "missing"));
        assertThat(faults("")).containsExactly(new Fault("body", "Field required", "missing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "[\"a\"]", "{\"a\": \"b\"}", "true"})
    void refusesATextThatIsNoString(String value) {
        assertThat(faults("{\"text\": " + value + "}"))
                .containsExactly(new Fault("body.text", "Input should be a valid string", "string_type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "[\"a\"]", "false"})
    void refusesABodyThatIsNeitherTextNorObject(String body) {
        assertThat(faults(body))
                .extracting(Fault::field, Fault::type)
                .containsExactly(tuple("body", "model_attributes_type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a", "\"a\" x", "{\"text\": \"a\"", "text", "{} x", "\"\" x"})
    void refusesABodyThatIsNoJson(String body) {
        assertThat(faults(body)).extracting(Fault::type).containsExactly("json_invalid");
    }

    private static String text(String body) {
        return SingleText.fromBody(Bodies.of(body)).text().toString();
    }

    private static List<Fault> faults(String body) {
        return catchThrowableOfType(InvalidRequestException.class, () -> text(body))
                .faults();
    }
}
