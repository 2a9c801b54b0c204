package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests bodies that are not JSON. The offsets are those of Python's {@code json} module, except that the fault of a
 * truncated body is at its end.
 */
@ExtendWith(SharedService.class)
class MalformedJsonIT {

    private static final int DEEP = 100_000;

    private final ServiceClient client;

    MalformedJsonIT(ServiceProcess service) {
        client = service.client();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nope                                     |  0
            {]                                       |  1
            {,}                                      |  1
            {'texts': ['a']}                         |  1
            {texts: ["a"]}                           |  1
            {1: 2}                                   |  1
            {"texts" ["a"]}                          |  9
            {"texts": undefined}                     | 10
            {"texts": -Inf}                          | 10
            {"texts": [,]}                           | 11
            {"texts": [.5]}                          | 11
            {"texts": [+1]}                          | 11
            {"texts": [--1]}                         | 11
            {"texts": [tru]}                         | 11
            {"texts": [True]}                        | 11
            {"texts": [nan]}                         | 11
            {"texts": [01]}                          | 12
            {"texts": [1.]}                          | 12
            {"texts": [1e]}                          | 12
            {"texts": [0x10]}                        | 12
            {"texts": ["\\x"]}                       | 12
            {"texts": ["\\u"]}                       | 13
            {"texts": ["\\u12g4"]}                   | 13
            {"texts": ["\\ud83d\\u"]}                | 19
            {"texts": ["a" "b"]}                     | 15
            {"texts": ["a",]}                        | 15
            {"texts": ["a"];}                        | 15
            {"texts": ["a"],}                        | 16
            {"texts": ["a"]}}                        | 16
            {"texts": ["a"]}, {}                     | 16
            {"texts": ["a"]} {"texts": ["b"]}        | 17
            {"texts": ["äöü", x]}                    | 18
            {"texts": ["😀", x]}                     | 16
            {"a": 1 "b": 2}                          |  8
            {"a": 1, "b"}                            | 12
            [[[}                                     |  3
            """)
    void reportsTheFaultWherePythonDoes(String body, int offset) {
        assertThat(client.postJson("/embed", body).requireFaults()).containsExactly("body." + offset + " json_invalid");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"texts\"",
                "{\"texts\":",
                "{\"texts\": [",
                "{\"texts\": [\"a",
                "{\"texts\": [\"a\\",
                "{\"texts\": [\"a\\u12",
                "{\"texts\": [\"a\"",
                "{\"texts\": [\"a\",",
                "{\"texts\": [\"a\"]",
                "{\"texts\": [\"a\"], ",
                "[",
                "nul",
                "-",
                "\"a",
                " ",
                "\n\n"
            })
    void reportsATruncatedBodyAtItsEnd(String body) {
        assertThat(client.postJson("/embed", body).requireFaults())
                .containsExactly("body." + body.length() + " json_invalid");
        assertThat(client.postJson("/embed/single", body).requireFaults())
                .containsExactly("body." + body.length() + " json_invalid");
    }

    @ParameterizedTest
    @CsvSource({"13, 'a\n'", "13, 'a\t'", "12, '\u0000'", "12, '\u001f'"})
    void rejectsUnescapedControlCharacters(int offset, String text) {
        byte[] body = ("{\"texts\": [\"" + text + "b\"]}").getBytes(StandardCharsets.UTF_8);

        assertThat(client.postJson("/embed", body).requireFaults()).containsExactly("body." + offset + " json_invalid");
    }

    /** Extra data after a document takes precedence over faults of its content. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1 2                | 2
            "a" "b"            | 4
            [1] x              | 4
            null,              | 4
            {} {}              | 3
            {"texts": []} x    | 14
            {"texts": [7]}]    | 14
            {"text": 7} x      | 12
            """)
    void reportsJsonFaultsBeforeFaultsOfTheContent(String body, int offset) {
        String fault = "body." + offset + " json_invalid";

        assertThat(client.postJson("/embed", body).requireFaults()).containsExactly(fault);
        assertThat(client.postJson("/embed/single", body).requireFaults()).containsExactly(fault);
    }

    @Test
    void rejectsInvalidUtf8() {
        assertThat(client.postJson("/embed", new byte[] {(byte) 0xFF}).requireFaults())
                .containsExactly("body.0 json_invalid");
        for (String sequence :
                new String[] {"\u00ff", "\u00c3(", "\u00e2\u0082", "\u00c0\u00af", "\u00ed\u00a0\u0080"}) {
            byte[] body = ("{\"texts\": [\"" + sequence + "\"]}").getBytes(StandardCharsets.ISO_8859_1);
            assertThat(client.postJson("/embed", body).requireFaults()).containsExactly("body.12 json_invalid");
        }
    }

    @Test
    void rejectsDeepNesting() {
        String open = "[".repeat(DEEP);
        String closed = open + "]".repeat(DEEP);

        assertThat(client.postJson("/embed", open).requireFaults()).containsExactly("body." + DEEP + " json_invalid");
        assertThat(client.postJson("/embed", "{\"texts\": " + closed + "}").requireFaults())
                .allMatch(fault -> fault.endsWith(" json_invalid"))
                .hasSize(1);
        assertThat(client.postJson("/embed", "{\"a\":".repeat(DEEP)).requireFaults())
                .containsExactly("body." + 5 * DEEP + " json_invalid");
        assertThat(client.postJson("/embed/single", "{\"text\": \"a\", \"x\": " + closed + "}")
                        .requireFaults())
                .hasSize(1);
    }

    @Test
    void doesNotDelayOtherRequests() {
        CompletableFuture<Answer> malformed = client.embedLater(List.of("a".repeat(1 << 20), ""));

        assertThat(client.embed("a").vectors()).hasSize(1);
        assertThat(malformed.orTimeout(20, TimeUnit.SECONDS).join().requireFaults())
                .containsExactly("body.texts value_error");
    }
}
