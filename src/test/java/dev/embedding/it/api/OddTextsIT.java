package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that unusual texts are embedded, however long they are. */
@ExtendWith(SharedService.class)
class OddTextsIT {

    private static final int MEGABYTE = 1 << 20;

    private final ServiceClient client;

    OddTextsIT(ServiceProcess service) {
        client = service.client();
    }

    /** Kinds of text as in JSON strings, each with its length in UTF-8. */
    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of("words", "some words ", 11),
                Arguments.of("one word", "w", 1),
                Arguments.of("punctuation", "!?", 2),
                Arguments.of("digits", "0123456789", 10),
                Arguments.of("line breaks", "a\\r\\n", 3),
                Arguments.of("NUL", "\\u0000", 1),
                Arguments.of("control characters", "\\u0001\\u001b\\u007f", 3),
                Arguments.of("a word behind blanks", " \\t", 2),
                Arguments.of("a word behind no-break spaces", "\u00a0", 2),
                Arguments.of("accents", "é", 2),
                Arguments.of("combining marks", "e\u0301\u0323", 5),
                Arguments.of("combining marks alone", "\u0301", 2),
                Arguments.of("Chinese", "中文", 6),
                Arguments.of("Arabic", "السلام ", 13),
                Arguments.of("direction marks", "\u202e\u200f", 6),
                Arguments.of("zero width", "\u200b\u200d\ufeff", 9),
                Arguments.of("emoji", "😀", 4),
                Arguments.of("joined emoji", "👩\u200d👩\u200d👧", 18),
                Arguments.of("private use", "\ue000\udb80\udc00", 7),
                Arguments.of("replacement characters", "\ufffd", 3),
                Arguments.of("lone surrogates", "\\ud800", 3),
                Arguments.of("surrogates the wrong way round", "\\udc00\\ud800", 6),
                Arguments.of("special tokens", "[CLS][SEP][MASK][PAD][UNK]", 26));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void areEmbeddedHoweverShort(String kind, String piece, int bytes) {
        Answer response = client.postJson("/embed", "{\"texts\": [\"" + piece + "x\", \"x" + piece + "\"]}");

        assertThat(response.vectors()).hasSize(2).allSatisfy(OddTextsIT::requireUnitLength);
        requireUnitLength(client.postJson("/embed/single", "\"" + piece + "x\"").vector());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void areEmbeddedHoweverLongWhileOthersAreServed(String kind, String piece, int bytes) {
        String text = piece.repeat(MEGABYTE / bytes) + " x";

        CompletableFuture<Answer> response = CompletableFuture.supplyAsync(
                () -> client.postJson("/embed", "{\"texts\": [\"" + text + "\", \"short\"]}"));
        Answer meanwhile = client.embed("a short query");

        assertThat(meanwhile.vectors()).hasSize(1);
        assertThat(response.orTimeout(60, TimeUnit.SECONDS).join().vectors())
                .hasSize(2)
                .allSatisfy(OddTextsIT::requireUnitLength);
    }

    @Test
    void haveTheVectorsOfTheirDecodedForm() {
        assertThat(vector("\"\\ud83d\\ude00\"")).isEqualTo(vector("\"😀\""));
        assertThat(vector("\"\\u00e9\"")).isEqualTo(vector("\"é\""));
        assertThat(vector("\"a\\ud800b\"")).isEqualTo(vector("\"a\ufffdb\""));
        assertThat(vector("\"a\\/b\"")).isEqualTo(vector("\"a/b\""));
    }

    @Test
    void mayFollowAByteOrderMark() {
        assertThat(client.postJson("/embed", "\ufeff{\"texts\": [\"a\"]}").vectors())
                .hasSize(1);
    }

    @Test
    void mayBeFormEncodedInTheQuery() {
        float[] expected = client.embed("a b&c=d;e+f/é").vectors().get(0);

        for (String encoded : List.of("a+b%26c%3Dd%3Be%2Bf%2F%C3%A9", "a%20b%26c=d;e%2bf/%c3%a9")) {
            assertThat(client.post("/embed/single?text=" + encoded).vector()).isEqualTo(expected);
        }
        assertThat(client.post("/embed/single?other=x&text=first&text=a+b%26c=d%3Be%2Bf/%C3%A9")
                        .vector())
                .isEqualTo(expected);
    }

    private float[] vector(String json) {
        return client.postJson("/embed/single", json).vector();
    }

    private static void requireUnitLength(float[] vector) {
        double squares = 0;
        for (float component : vector) {
            squares += (double) component * component;
        }
        assertThat(vector).hasSize(384);
        assertThat(squares).isBetween(0.9999, 1.0001);
    }
}
