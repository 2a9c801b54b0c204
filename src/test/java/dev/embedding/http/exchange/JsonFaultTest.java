package dev.embedding.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFaultTest {

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
    void findsNothingInADocument(String text) {
        assertThat(JsonFault.find(text)).isEmpty();
    }

    /** With the positions and messages of Python's {@code json.loads}. */
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
    void findsAFaultWherePythonDoes(String text, int position, String problem) {
        assertThat(JsonFault.find(text)).contains(new JsonFault(position, problem));
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
    void findsThePrematureEndAtTheEnd(String text) {
        assertThat(JsonFault.find(text)).map(JsonFault::position).contains(text.length());
    }

    @Test
    void findsThePrematureEndOfWhateverEndsTooEarly() {
        for (int seed = 0; seed < 1_000; seed++) {
            String document = new RandomJson(new Random(seed)).document();
            assertThat(JsonFault.find(document))
                    .as("seed %d: %s", seed, document)
                    .isEmpty();

            for (int end = document.offsetByCodePoints(0, 1); end < document.length(); end++) {
                String beginning = document.substring(0, end);
                if (Character.isLowSurrogate(document.charAt(end))) {
                    continue;
                }
                assertThat(JsonFault.find(beginning).map(JsonFault::position).orElse(beginning.codePointCount(0, end)))
                        .as("seed %d: %s", seed, beginning)
                        .isEqualTo(beginning.codePointCount(0, end));
            }
        }
    }

    @Test
    void isBoundedByNoStack() {
        assertThat(JsonFault.find("[".repeat(1_000_000)))
                .map(JsonFault::position)
                .contains(1_000_000);
        assertThat(JsonFault.find("[".repeat(100_000) + "]".repeat(100_000))).isEmpty();
    }
}
