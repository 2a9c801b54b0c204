package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which faults are reported for invalid bodies and queries. */
@ExtendWith(SharedService.class)
class BadInputIT {

    private final ServiceClient client;

    BadInputIT(ServiceProcess service) {
        client = service.client();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                   | body.texts missing
            {"text": "a"}                        | body.texts missing
            {"Texts": ["a"]}                     | body.texts missing
            {"texts": null}                      | body.texts list_type
            {"texts": "a"}                       | body.texts list_type
            {"texts": 7}                         | body.texts list_type
            {"texts": true}                      | body.texts list_type
            {"texts": {"0": "a"}}                | body.texts list_type
            {"texts": []}                        | body.texts too_short
            {"texts": ["a", ""]}                 | body.texts value_error
            {"texts": ["a", " \\t\\r\\n"]}       | body.texts value_error
            []                                   | body model_attributes_type
            ["a"]                                | body model_attributes_type
            "a"                                  | body model_attributes_type
            7                                    | body model_attributes_type
            -1.5e3                               | body model_attributes_type
            null                                 | body model_attributes_type
            true                                 | body model_attributes_type
            NaN                                  | body model_attributes_type
            """)
    void rejectsAMalformedBody(String body, String fault) {
        assertThat(client.postJson("/embed", body).requireFaults()).containsExactly(fault);
    }

    @Test
    void rejectsEveryItemThatIsNotAText() {
        String body = "{\"texts\": [null, 1, \"a\", 1.5, [\"b\"], {\"text\": \"c\"}, true, \"\"]}";

        assertThat(client.postJson("/embed", body).requireFaults())
                .containsExactly(
                        "body.texts.0 string_type",
                        "body.texts.1 string_type",
                        "body.texts.3 string_type",
                        "body.texts.4 string_type",
                        "body.texts.5 string_type",
                        "body.texts.6 string_type");
    }

    @Test
    void namesTheIndexOfABlankText() {
        JsonNode error = client.postJson("/embed", "{\"texts\": [\"a\", \"b\", \"c\", \" \", \"d\"]}")
                .requireError(422);

        assertThat(error.path("errors").get(0).path("message").textValue()).contains("3");
        assertThat(error.path("detail").textValue()).contains("3");
    }

    @Test
    void rejectsMoreThanAThousandTexts() {
        assertThat(client.embed(Collections.nCopies(1_001, "a")).requireFaults())
                .containsExactly("body.texts too_long");
    }

    @Test
    void requiresABody() {
        assertThat(client.post("/embed").requireFaults()).containsExactly("body missing");
        assertThat(client.post("/embed/single").requireFaults()).containsExactly("body missing");
        assertThat(client.postJson("/embed", "").requireFaults()).containsExactly("body missing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                      | body.text missing
            {"texts": ["a"]}        | body.text missing
            {"text": null}          | body.text string_type
            {"text": 7}             | body.text string_type
            {"text": ["a"]}         | body.text string_type
            {"text": {"text": "a"}} | body.text string_type
            {"text": ""}            | body.text value_error
            {"text": " \\u00a0"}    | body.text value_error
            ""                      | body value_error
            "  \\n"                 | body value_error
            7                       | body model_attributes_type
            null                    | body model_attributes_type
            false                   | body model_attributes_type
            ["a"]                   | body model_attributes_type
            """)
    void rejectsAMalformedSingleText(String body, String fault) {
        assertThat(client.postJson("/embed/single", body).requireFaults()).containsExactly(fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?text=", "?text", "?text=+", "?text=%20%09%0A", "?text=%C2%A0", "?text=a&text="})
    void rejectsABlankTextInTheQuery(String query) {
        assertThat(client.post("/embed/single" + query).requireFaults()).containsExactly("query.text value_error");
    }

    @Test
    void rejectsABlankQueryEvenWithAValidBody() {
        assertThat(client.postJson("/embed/single?text=", "\"a\"").requireFaults())
                .containsExactly("query.text value_error");
    }

    /** All characters for which Python's {@code isspace} holds. */
    @ParameterizedTest
    @ValueSource(
            ints = {
                0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002,
                0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000
            })
    void definesWhiteSpaceAsPythonDoes(int space) {
        String body = "{\"texts\": [\"\\u%04x\"]}".formatted(space);

        assertThat(client.postJson("/embed", body).requireFaults()).containsExactly("body.texts value_error");
    }

    @Test
    void lastOfDuplicateKeysWins() {
        String list = "{\"texts\": 7, \"texts\": [\"\"], \"texts\": [\"a\", \"b\"]}";

        assertThat(client.postJson("/embed", list).vectors()).hasSize(2);
        assertThat(client.postJson("/embed", "{\"texts\": [\"a\"], \"texts\": 7}")
                        .requireFaults())
                .containsExactly("body.texts list_type");
        assertThat(client.postJson("/embed/single", "{\"text\": 7, \"text\": \"a\"}")
                        .vector())
                .isEqualTo(client.embed("a").vectors().get(0));
        assertThat(client.postJson("/embed/single", "{\"text\": \"a\", \"text\": null}")
                        .requireFaults())
                .containsExactly("body.text string_type");
    }

    @Test
    void ignoresUnknownFields() {
        String unknown = "\"model\": \"x\", \"n\": [1, {\"texts\": [7]}], \"nan\": NaN";

        assertThat(client.postJson("/embed", "{" + unknown + ", \"texts\": [\"a\"]}")
                        .vectors())
                .hasSize(1);
        assertThat(client.postJson("/embed", "{\"texts\": [\"a\"], " + unknown + "}")
                        .vectors())
                .hasSize(1);
        assertThat(client.postJson("/embed/single", "{\"text\": \"a\", " + unknown + "}")
                        .vector())
                .hasSize(384);
    }
}
