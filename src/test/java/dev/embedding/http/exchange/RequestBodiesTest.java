package dev.embedding.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.http.edge.Fault;
import dev.embedding.http.edge.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodiesTest {

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
    void missesABodyThatIsEmpty() {
        assertThat(fault(new byte[0])).isEqualTo(new Fault("body", "Field required", "missing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\uFEFF", "\n\n"})
    void findsNoDocumentInBlanks(String text) {
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
        assertThat(fault(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(new Fault(field, message, "json_invalid"));
    }

    @Test
    void namesThePositionOfInvalidUtf8() {
        byte[] body = {'"', (byte) 0xC3, (byte) 0xA9, 'a', (byte) 0xFF, '"'};

        assertThat(fault(body)).isEqualTo(new Fault("body.3", "JSON decode error: Invalid UTF-8", "json_invalid"));
    }

    @Test
    void findsACharacterThatEndsTooEarly() {
        byte[] body = {'"', 'a', (byte) 0xE4, (byte) 0xB8};

        assertThat(fault(body).field()).isEqualTo("body.2");
    }

    @Test
    void refusesDocumentsThatAreNestedTooDeeply() {
        String deep = "[".repeat(RequestBodies.MAX_NESTING + 1) + "]".repeat(RequestBodies.MAX_NESTING + 1);

        assertThat(fault(deep.getBytes(StandardCharsets.UTF_8)).message())
                .contains("Nested more than 1000 levels deep");
    }

    @Test
    void prefersAFaultOfTheDocumentToAFaultOfItsContent() {
        Fault fault = catchThrowableOfType(
                        InvalidRequestException.class,
                        () -> RequestBodies.read("[1] x".getBytes(StandardCharsets.UTF_8), (parser, first) -> {
                            throw new InvalidRequestException(new Fault("body", "no list, please", "list_type"));
                        }))
                .faults()
                .get(0);

        assertThat(fault).isEqualTo(new Fault("body.4", "JSON decode error: Extra data", "json_invalid"));
    }

    @Test
    void takesExactlyTheDocumentsWithoutAFault() {
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
            boolean isJson = JsonFault.find(text.toString()).isEmpty();

            boolean taken = isTaken(body);

            assertThat(taken).as("seed %d: %s", seed, text).isEqualTo(isJson);
        }
    }

    private static boolean isTaken(byte[] body) {
        try {
            read(body);
            return true;
        } catch (InvalidRequestException refused) {
            return false;
        }
    }

    private static Fault fault(byte[] body) {
        return catchThrowableOfType(InvalidRequestException.class, () -> read(body))
                .faults()
                .get(0);
    }

    private static String read(byte[] body) {
        return RequestBodies.read(body, (parser, first) -> {
            String text = parser.getText();
            parser.skipChildren();
            return text;
        });
    }
}
