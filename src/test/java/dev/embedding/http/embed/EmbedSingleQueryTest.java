package dev.embedding.http.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.serving.FieldError;
import dev.embedding.serving.ModelChoice.ModelName;
import dev.embedding.serving.RequestFailure;
import dev.embedding.support.Utf8Text;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbedSingleQueryTest {

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
        assertThat(EmbedSingleQuery.parse(uri).text()).contains(Utf8Text.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/embed/single", "/embed/single?", "/embed/single?Text=a", "/embed/single?a=text"})
    void findsNoTextInOtherQueries(String uri) {
        assertThat(EmbedSingleQuery.parse(uri).text()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/embed/single?text=", "/embed/single?text", "/embed/single?text=%20+%C2%A0", "/?text=a&text="})
    void rejectsABlankQuery(String uri) {
        RequestFailure invalid = catchThrowableOfType(RequestFailure.class, () -> EmbedSingleQuery.parse(uri));

        assertThat(invalid.faults())
                .containsExactly(new FieldError("query.text", "The text is empty or only white space", "value_error"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/embed/single?text=%", "/embed/single?text=%zz", "/embed/single?text=a%2"})
    void rejectsAQueryThatIsNotPercentEncoded(String uri) {
        assertThatThrownBy(() -> EmbedSingleQuery.parse(uri)).isInstanceOf(RequestFailure.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/embed/single?model=small, small",
        "/embed/single?text=a&model=org%2Fname%401, org/name@1",
        "/embed/single?model=a&model=b, b",
        "/embed/single?model=a;b, a;b"
    })
    void readsTheNameOfAModel(String uri, String name) {
        assertThat(EmbedSingleQuery.parse(uri).model()).contains(new ModelName(name, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/embed/single", "/embed/single?model", "/embed/single?model=+", "/?model=a&model="})
    void namesNoModelWithoutAName(String uri) {
        assertThat(EmbedSingleQuery.parse(uri).model()).isEmpty();
    }
}
