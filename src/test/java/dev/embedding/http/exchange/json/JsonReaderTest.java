package dev.embedding.http.exchange.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.embedding.support.Utf8Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NaN",
                "-Infinity",
                "Infinity",
                "\"\\ud83d\"",
                "\"\u007F\"",
                "-0",
                "1E+2",
                " [ ] ",
                "{\"\":\"\"}",
                "\"\\/\"",
                "[NaN,-Infinity]"
            })
    void acceptsValidDocuments(String text) {
        assertThat(find(text)).isEmpty();
    }

    /** Documents with the position and message of the fault that Python's {@code json.loads} reports. */
    static Stream<Arguments> documentsWithAFault() {
        return Stream.of(
                arguments("x", 0, "Expecting value"),
                arguments("\"a\\x\"", 2, "Invalid \\escape"),
                arguments("\"a\\u12g4\"", 3, "Invalid \\uXXXX escape"),
                arguments("\"\\u\u0661\u0662\u0663\u0664\"", 2, "Invalid \\uXXXX escape"),
                arguments("\"a\nb\"", 2, "Invalid control character"),
                arguments("\"tab\there\"", 4, "Invalid control character"),
                arguments("[1,]", 3, "Expecting value"),
                arguments("[1 2]", 3, "Expecting ',' delimiter"),
                arguments("[,]", 1, "Expecting value"),
                arguments("[1}", 2, "Expecting ',' delimiter"),
                arguments("{\"a\" 1}", 5, "Expecting ':' delimiter"),
                arguments("{\"a\":}", 5, "Expecting value"),
                arguments("{\"a\":1,}", 7, "Expecting property name enclosed in double quotes"),
                arguments("{a:1}", 1, "Expecting property name enclosed in double quotes"),
                arguments("{'a':1}", 1, "Expecting property name enclosed in double quotes"),
                arguments("{\"a\":1]", 6, "Expecting ',' delimiter"),
                arguments("{\"texts\": [\"a\"] x", 16, "Expecting ',' delimiter"),
                arguments("1 2", 2, "Extra data"),
                arguments("01", 1, "Extra data"),
                arguments("-x", 0, "Expecting value"),
                arguments("[1.]", 2, "Expecting ',' delimiter"),
                arguments("[1e+]", 2, "Expecting ',' delimiter"),
                arguments("+1", 0, "Expecting value"),
                arguments(".5", 0, "Expecting value"),
                arguments("0x1", 1, "Extra data"),
                arguments("1.5.2", 3, "Extra data"),
                arguments("[-Inf]", 1, "Expecting value"),
                arguments("nullx", 4, "Extra data"),
                arguments("Nan", 0, "Expecting value"),
                arguments("True", 0, "Expecting value"),
                arguments("\"é😀\" x", 5, "Extra data"),
                arguments("[\"😀\", x]", 6, "Expecting value"),
                arguments("\u00A0[]", 0, "Expecting value"),
                arguments("[]\f", 2, "Extra data"),
                arguments("{\"a\":1}{\"b\":2}", 7, "Extra data"),
                arguments("[1,2,]]", 5, "Expecting value"),
                arguments("{\"a\":{\"b\":[1,{\"c\":}]}}", 18, "Expecting value"),
                arguments("/* */1", 0, "Expecting value"),
                arguments("[1,/**/2]", 3, "Expecting value"),
                arguments("{\"a\":undefined}", 5, "Expecting value"),
                arguments("\u0000", 0, "Expecting value"),
                arguments("[\u0001]", 1, "Expecting value"));
    }

    @ParameterizedTest
    @MethodSource("documentsWithAFault")
    void reportsFaultsWherePythonDoes(String text, int position, String problem) {
        assertThat(find(text)).contains(new Found(position, problem));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "nul",
                "tru",
                "\"",
                "\"a",
                "\"a\\",
                "\"a\\u",
                "\"a\\u12",
                "[",
                "[1",
                "[1,",
                "{",
                "{\"a",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,",
                "{\"texts\": [\"a\"",
                "-",
                "1.",
                "[1.",
                "1e",
                "[1e+",
                "-Inf"
            })
    void reportsATruncatedDocumentAtItsEnd(String text) {
        assertThat(find(text)).map(Found::position).contains(text.length());
    }

    @Test
    void reportsAnyTruncatedDocumentAtItsEnd() {
        for (int seed = 0; seed < 1_000; seed++) {
            String document = new RandomJson(new Random(seed)).document();
            assertThat(find(document)).as("seed %d: %s", seed, document).isEmpty();

            for (int end = document.offsetByCodePoints(0, 1); end < document.length(); end++) {
                String beginning = document.substring(0, end);
                if (Character.isLowSurrogate(document.charAt(end))) {
                    continue;
                }
                assertThat(find(beginning).map(Found::position).orElse(beginning.codePointCount(0, end)))
                        .as("seed %d: %s", seed, beginning)
                        .isEqualTo(beginning.codePointCount(0, end));
            }
        }
    }

    @Test
    void readsDeepNestingWithoutRecursion() {
        assertThat(find("[".repeat(1_000_000))).map(Found::position).contains(1_000_000);
        assertThat(find("[".repeat(100_000) + "]".repeat(100_000)))
                .contains(new Found(0, "Nested more than 1000 levels deep"));
        assertThat(find("[".repeat(100_000) + "]".repeat(100_000) + "x")).contains(new Found(200_000, "Extra data"));
    }

    /** Jackson is as strict, and decodes independently. */
    @Test
    void readsTheTokensAndTextsThatJacksonReads() throws IOException {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            String document = new RandomJson(random).document();
            byte[] body = document.getBytes(StandardCharsets.UTF_8);
            int segment = 1 + random.nextInt(body.length);
            try (JsonParser expected = JACKSON.createParser(document)) {
                JsonReader json = reader(body, segment);
                JsonToken token = json.next();
                for (JsonToken next = expected.nextToken(); next != null; next = expected.nextToken()) {
                    assertThat(token).as("seed %d", seed).isEqualTo(next);
                    if (next == JsonToken.FIELD_NAME || next.isScalarValue()) {
                        assertThat(json.text()).as("seed %d", seed).isEqualTo(Utf8Text.of(expected.getText()));
                    }
                    token = json.next();
                }
                assertThat(token).as("seed %d", seed).isEqualTo(JsonToken.NOT_AVAILABLE);
            }
        }
    }

    @Test
    void readsTheSameForAnySegmentSize() {
        String text = "{\"a\\u00e9\\ud83d\\ude00b\": [\"\\ud83dx\\n\u4e2d\\ude00\\ud83d\\\"\", -12, true]}";
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        for (int segment = 1; segment <= body.length; segment++) {
            JsonReader json = reader(body, segment);

            assertThat(json.next()).isEqualTo(JsonToken.START_OBJECT);
            assertThat(json.next()).isEqualTo(JsonToken.FIELD_NAME);
            Utf8Text name = json.text();
            assertThat(json.next()).isEqualTo(JsonToken.START_ARRAY);
            assertThat(json.next()).isEqualTo(JsonToken.VALUE_STRING);
            Utf8Text value = json.text();
            assertThat(json.next()).isEqualTo(JsonToken.VALUE_NUMBER_INT);
            assertThat(json.intValue()).isEqualTo(-12);
            json.readToEnd();

            assertThat(name.toString()).as("segments of %d", segment).isEqualTo("a\u00e9\ud83d\ude00b");
            assertThat(value.toString()).as("segments of %d", segment).isEqualTo("\ud83dx\n\u4e2d\ude00\ud83d\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-0, 0", "123456789, 123456789", "-5, -5", "1234567890, -1", "-1234567890, -1"})
    void readsIntegersOfNineDigits(String text, int value) {
        JsonReader json = reader(text.getBytes(StandardCharsets.UTF_8), 4);

        assertThat(json.next()).isEqualTo(JsonToken.VALUE_NUMBER_INT);

        assertThat(json.intValue()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({"1.5", "1e3", "0.0", "-2E-1", "NaN", "-Infinity"})
    void distinguishesIntegersFromOtherNumbers(String text) {
        assertThat(reader(text.getBytes(StandardCharsets.UTF_8), 2).next()).isEqualTo(JsonToken.VALUE_NUMBER_FLOAT);
    }

    @Test
    void stopsAtACheckpoint() {
        byte[] body = ("[" + "1,".repeat(1_000)).getBytes(StandardCharsets.UTF_8);
        IllegalStateException stop = new IllegalStateException("enough");
        JsonReader json = new JsonReader(
                new JsonBytes(segments(body, 100), body.length, () -> {
                    throw stop;
                }),
                bytes -> {});

        assertThatThrownBy(json::readToEnd).isSameAs(stop);
    }

    /** The JDK's decoder is the reference for everything that UTF-8 forbids. */
    @Test
    void rejectsExactlyWhatIsNotUtf8() {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] body = new byte[3 + random.nextInt(5)];
            for (int index = 1; index < body.length - 1; index++) {
                body[index] = (byte) (0x80 + random.nextInt(0x80));
            }
            body[0] = '"';
            body[body.length - 1] = '"';
            CharBuffer decoded = CharBuffer.allocate(body.length);
            CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body), decoded, true);
            String valid = decoded.flip().toString();
            Optional<Found> expected = result.isError()
                    ? Optional.of(new Found(valid.codePointCount(0, valid.length()), "Invalid UTF-8"))
                    : Optional.empty();

            assertThat(find(body, 1 + random.nextInt(4))).as("seed %d", seed).isEqualTo(expected);
        }
    }

    private static final JsonFactory JACKSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private record Found(int position, String problem) {}

    private static Optional<Found> find(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        Optional<Found> whole = find(body, Math.max(1, body.length));
        assertThat(find(body, 3)).isEqualTo(whole);
        return whole;
    }

    private static Optional<Found> find(byte[] body, int segment) {
        try {
            reader(body, segment).readToEnd();
            return Optional.empty();
        } catch (MalformedJsonException fault) {
            return Optional.of(new Found(fault.position(), fault.problem()));
        }
    }

    private static JsonReader reader(byte[] body, int segment) {
        return new JsonReader(new JsonBytes(segments(body, segment), body.length, () -> {}), bytes -> {});
    }

    /** The last segment is longer than its content. */
    private static List<byte[]> segments(byte[] body, int size) {
        List<byte[]> segments = new ArrayList<>();
        for (int start = 0; start < body.length; start += size) {
            segments.add(Arrays.copyOfRange(body, start, start + size));
        }
        return segments;
    }
}
