package dev.embedding.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.http.exchange.json.RandomJson;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {

    @Test
    void readsADocument() {
        assertThat(read("\"text\"".getBytes(StandardCharsets.UTF_8))).isEqualTo("text");
    }

    @Test
    void skipsAByteOrderMark() {
        assertThat(read("\uFEFF\"text\"".getBytes(StandardCharsets.UTF_8))).isEqualTo("text");
    }

    @Test
    void keepsReplacementCharactersOfTheText() {
        assertThat(read("\"\uFFFD\"".getBytes(StandardCharsets.UTF_8))).isEqualTo("\uFFFD");
    }

    @Test
    void requiresABody() {
        assertThat(fault(new byte[0])).isEqualTo(new FieldError("body", "Field required", "missing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\uFEFF", "\n\n"})
    void rejectsBlankBodies(String text) {
        assertThat(fault(text.getBytes(StandardCharsets.UTF_8)).type()).isEqualTo("json_invalid");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"texts\": [\"a\"| body.14 | JSON decode error: Expecting ',' delimiter",
                "\"a\" b| body.4 | JSON decode error: Extra data",
                "[1,]| body.3 | JSON decode error: Expecting value",
                "\"a\\x\"| body.2 | JSON decode error: Invalid \\escape"
            })
    void namesThePositionOfAFault(String text, String field, String message) {
        assertThat(fault(text.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new FieldError(field, message, "json_invalid"));
    }

    @Test
    void namesThePositionOfInvalidUtf8() {
        byte[] body = {'"', (byte) 0xC3, (byte) 0xA9, 'a', (byte) 0xFF, '"'};

        assertThat(fault(body)).isEqualTo(new FieldError("body.3", "JSON decode error: Invalid UTF-8", "json_invalid"));
    }

    @Test
    void namesThePositionOfATruncatedCharacter() {
        byte[] body = {'"', 'a', (byte) 0xE4, (byte) 0xB8};

        assertThat(fault(body).field()).isEqualTo("body.2");
    }

    @Test
    void rejectsDocumentsThatAreNestedTooDeeply() {
        String deep = "[".repeat(JsonReader.MAX_NESTING + 1) + "]".repeat(JsonReader.MAX_NESTING + 1);

        assertThat(fault(deep.getBytes(StandardCharsets.UTF_8)).message())
                .contains("Nested more than 1000 levels deep");
    }

    @Test
    void reportsAJsonFaultBeforeAFaultOfTheContent() {
        FieldError fault = catchThrowableOfType(
                        RequestFailure.class, () -> Bodies.of("[1] x").read((json, first) -> {
                            throw RequestFailure.invalid(new FieldError("body", "no list, please", "list_type"));
                        }))
                .faults()
                .get(0);

        assertThat(fault).isEqualTo(new FieldError("body.4", "JSON decode error: Extra data", "json_invalid"));
    }

    /** Documents with up to two random edits; Jackson is as strict. */
    @Test
    void acceptsExactlyTheDocumentsThatJacksonAccepts() {
        int accepted = 0;
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(new RandomJson(random).document());
            for (int count = random.nextInt(3); count > 0 && !text.isEmpty(); count--) {
                int place = text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length())));
                if (random.nextBoolean()) {
                    text.delete(place, text.offsetByCodePoints(place, 1));
                } else {
                    text.insert(place, "[]{},:\"\\ 0.eE-x".charAt(random.nextInt(15)));
                }
            }
            byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);

            boolean isAccepted = isAccepted(body);

            assertThat(isAccepted).as("seed %d: %s", seed, text).isEqualTo(isAcceptedByJackson(text.toString()));
            accepted += isAccepted ? 1 : 0;
        }
        assertThat(accepted).isBetween(500, 2_500);
    }

    private static boolean isAccepted(byte[] body) {
        try {
            read(body);
            return true;
        } catch (RequestFailure rejected) {
            return false;
        }
    }

    private static boolean isAcceptedByJackson(String text) {
        try (JsonParser parser = JsonFactory.builder()
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .build()
                .createParser(text)) {
            boolean isEmpty = parser.nextToken() == null;
            parser.skipChildren();
            return !isEmpty && parser.nextToken() == null;
        } catch (IOException notJson) {
            return false;
        }
    }

    private static FieldError fault(byte[] body) {
        return catchThrowableOfType(RequestFailure.class, () -> read(body))
                .faults()
                .get(0);
    }

    private static String read(byte[] body) {
        return Bodies.of(body).read((json, first) -> {
            String text = first == JsonToken.VALUE_STRING ? json.shortText() : "";
            json.skipChildren(first);
            return text;
        });
    }
}
