package dev.embedding.http.exchange.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.sun.management.ThreadMXBean;
import dev.embedding.http.exchange.Bodies;
import dev.embedding.http.exchange.JsonBody;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import dev.embedding.support.Utf8Text;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRecordsTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Request with a component of each kind. */
    record Request(
            @Schema(required = true) Utf8Text query,
            @JsonAlias("name") @Nullable String model,

            @Schema(minimum = "1") @JsonProperty("top_n") @Nullable
            Integer topN,

            @Nullable Integer offset,
            @Nullable Boolean raw,
            @Nullable Format format,
            @Nullable Parameters parameters,

            @Schema(minItems = 1, maxItems = 3) @Nullable List<Document> documents,

            @Nullable List<String> tags,
            @Nullable Object user) {}

    enum Format {
        @JsonProperty("float")
        FLOAT,
        @JsonProperty("base64")
        @JsonAlias("b64")
        BASE64,
        @JsonProperty("int8")
        INT8
    }

    /** Object in an object, with a rule across its components. */
    record Parameters(@Nullable Integer from, @Nullable Integer to) implements CheckedRecord {
        @Override
        public void check(BodyFaults faults) {
            if (from != null && to != null && from > to) {
                faults.addTo("to", "Should not be below from", "value_error");
            }
        }
    }

    /** Object in a list. */
    record Document(
            @Schema(required = true) Utf8Text text,
            @Nullable List<Utf8Text> parts) {}

    private static Request read(String json) {
        return Bodies.of(json).read(Request.class);
    }

    private static List<String> faults(String json) {
        return catchThrowableOfType(RequestFailure.class, () -> read(json)).faults().stream()
                .map(fault -> fault.field() + " | " + fault.message() + " | " + fault.type())
                .toList();
    }

    @Test
    void readsEveryKindOfComponent() {
        Request request = read("""
                {"query": "q\\u00e9", "model": "m", "top_n": 7, "offset": -1, "raw": true, "format": "b64",
                 "parameters": {"from": 1, "to": 2}, "documents": [{"text": "a", "parts": ["b", "c"]}, {"text": ""}],
                 "tags": ["t"], "user": {"id": [1, {"a": null}]}}
                """);

        assertThat(request)
                .isEqualTo(new Request(
                        Utf8Text.of("qé"),
                        "m",
                        7,
                        -1,
                        true,
                        Format.BASE64,
                        new Parameters(1, 2),
                        List.of(
                                new Document(Utf8Text.of("a"), List.of(Utf8Text.of("b"), Utf8Text.of("c"))),
                                new Document(Utf8Text.of(""), null)),
                        List.of("t"),
                        null));
    }

    /** List of records that cannot be made without their components. */
    record Pairs(@Schema(required = true) List<Pair> pairs) {}

    record Pair(
            @Schema(required = true) String left,
            @Schema(required = true) String right) {
        Pair {
            Objects.requireNonNull(left);
            Objects.requireNonNull(right);
        }
    }

    @Test
    void makesNoRecordOfFaultyItemsHoweverManyThereAre() {
        String items = String.join(",", Collections.nCopies(300, "{\"left\": 1}"));

        RequestFailure failure =
                catchThrowableOfType(RequestFailure.class, () -> Bodies.of("{\"pairs\": [" + items + "]}")
                        .read(Pairs.class));

        assertThat(failure.faults()).hasSize(BodyFaults.MAX_FAULTS);
    }

    /** Record with a component that can be neither absent nor null. */
    record Primitive(int count) {}

    @Test
    void refusesRecordsWithOptionalPrimitives() {
        assertThatThrownBy(() -> Bodies.of("{}").read(Primitive.class)).hasMessageContaining("must be nullable");
    }

    @Test
    void readsAbsentFieldsAndNullsAsNull() {
        Request nothing = new Request(Utf8Text.of("q"), null, null, null, null, null, null, null, null, null);

        assertThat(read("{\"query\": \"q\"}")).isEqualTo(nothing);
        assertThat(read("{\"query\": \"q\", \"model\": null, \"top_n\": null, \"offset\": null, \"raw\": null,"
                        + " \"format\": null, \"parameters\": null, \"documents\": null, \"tags\": null,"
                        + " \"user\": null}"))
                .isEqualTo(nothing);
    }

    @Test
    void reportsAllFaultsAtOnceRequiredFieldsFirst() {
        assertThat(faults("""
                {"model": 7, "top_n": 0, "offset": 1234567890, "raw": "yes", "format": "hex", "parameters": [],
                 "documents": [{"text": 1}, {"parts": ["a", null, {}]}, "x"], "tags": {}, "query": ["q"]}
                """))
                .containsExactly(
                        "body.query | Input should be a valid string | invalid_type",
                        "body.model | Input should be a valid string | invalid_type",
                        "body.top_n | Input should be a whole number of 1 or more | invalid_value",
                        "body.offset | Input should be a whole number of at most nine digits | invalid_value",
                        "body.raw | Input should be a valid boolean | invalid_type",
                        "body.format | Input should be 'float', 'base64' or 'int8' | invalid_value",
                        "body.parameters | Input should be an object | invalid_type",
                        "body.documents.0.text | Input should be a valid string | invalid_type",
                        "body.documents.1.text | Field required | missing",
                        "body.documents.1.parts.1 | Input should be a valid string | invalid_type",
                        "body.documents.1.parts.2 | Input should be a valid string | invalid_type",
                        "body.documents.2 | Input should be an object with the field text | invalid_type",
                        "body.tags | Input should be a valid list | invalid_type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "\"query\"", "7", "true", "[{\"query\": \"q\"}]"})
    void requiresAnObject(String body) {
        assertThat(faults(body))
                .containsExactly("body | Input should be an object with the field query | invalid_type");
    }

    @Test
    void countsANullAsAbsentWhereAFieldIsRequired() {
        assertThat(faults("{\"query\": null}")).containsExactly("body.query | Field required | missing");
    }

    @Test
    void checksRulesAcrossComponents() {
        assertThat(faults("{\"query\": \"q\", \"parameters\": {\"from\": 2, \"to\": 1}}"))
                .containsExactly("body.parameters.to | Should not be below from | value_error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | List should have at least 1 item, not 0 | too_short",
                "[{\"text\": \"\"}, {\"text\": \"\"}, {\"text\": \"\"}, {\"text\": \"\"}, 5, {}]"
                        + " | List should have at most 3 items, not 6 | too_long"
            })
    void limitsListsAsTheirSchemaSays(String documents, String message, String type) {
        assertThat(faults("{\"query\": \"q\", \"documents\": " + documents + "}"))
                .containsExactly("body.documents | " + message + " | " + type);
    }

    /** Also after every component was given, when Jackson's own deserializer has made the record already. */
    @Test
    void usesTheLastOfDuplicatesOfEveryField() {
        List<String> fields = List.of(
                "\"query\": \"%s\"",
                "\"model\": \"%s\"",
                "\"top_n\": %s",
                "\"offset\": %s",
                "\"raw\": %s",
                "\"format\": \"%s\"",
                "\"parameters\": {\"from\": %s}",
                "\"documents\": [{\"text\": \"%s\", \"text\": \"last\"}]",
                "\"tags\": [\"%s\"]",
                "\"user\": %s");
        List<String> first = List.of("a", "a", "1", "1", "true", "float", "1", "a", "a", "1");
        List<String> last = List.of("b", "b", "2", "2", "false", "int8", "2", "b", "b", "2");
        List<String> both = new ArrayList<>();
        IntStream.range(0, fields.size())
                .forEach(index -> both.add(fields.get(index).formatted(first.get(index))));
        IntStream.range(0, fields.size())
                .forEach(index -> both.add(fields.get(index).formatted(last.get(index))));

        Request request = read("{" + String.join(", ", both) + "}");

        assertThat(request)
                .isEqualTo(new Request(
                        Utf8Text.of("b"),
                        "b",
                        2,
                        2,
                        false,
                        Format.INT8,
                        new Parameters(2, null),
                        List.of(new Document(Utf8Text.of("last"), null)),
                        List.of("b"),
                        null));
    }

    @Test
    void dropsTheFaultsOfEarlierDuplicates() {
        Request request = read("""
                {"query": 1, "model": 1, "name": "m", "top_n": "1", "raw": 1, "format": 1, "parameters": {"from": ""},
                 "documents": [{}, {"text": 1}], "tags": [null], "query": "q", "model": null, "top_n": 3, "raw": null,
                 "format": "float", "parameters": {}, "documents": [{"text": "a"}], "tags": []}
                """);

        assertThat(request.query()).isEqualTo(Utf8Text.of("q"));
        assertThat(request.topN()).isEqualTo(3);
        assertThat(request.model()).isNull();
        assertThat(request.tags()).isEmpty();
    }

    @Test
    void keepsTheFaultOfTheLastDuplicate() {
        assertThat(faults("{\"query\": \"q\", \"top_n\": 1, \"top_n\": 0, \"query\": 7}"))
                .containsExactly(
                        "body.query | Input should be a valid string | invalid_type",
                        "body.top_n | Input should be a whole number of 1 or more | invalid_value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"query\": 7, \"tags\": [1,]} | body.24 | Expecting value",
                "{\"query\": 7} x | body.13 | Extra data",
                "{\"documents\": [{\"text\": \"é\" 1}]} | body.28 | Expecting ',' delimiter",
                "{\"unknown\": {\"a\": [tru]}} | body.19 | Expecting value",
                "[] ] | body.3 | Extra data",
                "null x | body.5 | Extra data",
                "{\"query\": 7 | body.11 | Expecting ',' delimiter"
            })
    void reportsAJsonFaultBeforeAllOthers(String json, String field, String problem) {
        assertThat(faults(json)).containsExactly(field + " | JSON decode error: " + problem + " | json_invalid");
    }

    @Test
    void reportsEveryJsonFaultAsTheReaderDoes() {
        int malformed = 0;
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            String document = new RandomJson(random).document();
            String json = "{\"tags\": [" + document + "], \"parameters\": " + document + ", \"documents\": [{\"text\": "
                    + document + ", \"parts\": " + document + "}], \"x\": " + document + ", \"query\": " + document
                    + "}";
            int place = json.offsetByCodePoints(0, random.nextInt(json.codePointCount(0, json.length())));
            String edited =
                    json.substring(0, place) + "[]{},:\"\\ 0.eE-x".charAt(random.nextInt(15)) + json.substring(place);

            List<FieldError> expected = refusal(body -> body.read((reader, first) -> ""), edited);
            List<FieldError> actual = refusal(body -> body.read(Request.class), edited);

            if (!expected.isEmpty()) {
                assertThat(actual).as("seed %d: %s", seed, edited).isEqualTo(expected);
                malformed++;
            }
        }
        assertThat(malformed).isBetween(500, 2_900);
    }

    private static List<FieldError> refusal(Consumer<JsonBody> reading, String json) {
        try {
            reading.accept(Bodies.of(json));
            return List.of();
        } catch (RequestFailure refused) {
            return refused.faults();
        }
    }

    @Test
    void keepsTextsWhereTheyWereReceived() {
        String text = "long ".repeat(1 << 20);
        String unknown = "[" + "{\"a\": [\"huge\"]},".repeat(1 << 18) + "7]";
        byte[] body = ("{\"unknown\": " + unknown + ", \"documents\": [{\"text\": \"" + text + "\", \"parts\": [\""
                        + text + "\"], \"other\": " + unknown + "}], \"query\": \"q\", \"user\": " + unknown + "}")
                .getBytes(StandardCharsets.UTF_8);
        read("{\"query\": \"warm\", \"documents\": [{\"text\": \"\", \"parts\": []}]}");
        JsonReader json = new JsonReader(new JsonBytes(List.of(body), body.length, () -> {}), bytes -> {});

        long before = THREADS.getCurrentThreadAllocatedBytes();
        Request request = JsonRecords.read(json, json.next(), Request.class, "invalid_type");
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;

        assertThat(request.documents()).hasSize(1);
        assertThat(allocated).isLessThan(1 << 16);
    }

    @Test
    void claimsMemoryForTheValuesOfLists() {
        AtomicLong claimed = new AtomicLong();
        byte[] body =
                ("{\"query\": \"q\", \"tags\": [" + "\"\",".repeat(9_999) + "\"\"]}").getBytes(StandardCharsets.UTF_8);
        JsonReader json = new JsonReader(new JsonBytes(List.of(body), body.length, () -> {}), claimed::addAndGet);

        Request request = JsonRecords.read(json, json.next(), Request.class, "invalid_type");

        assertThat(request.tags()).hasSize(10_000);
        assertThat(claimed.get()).isBetween(10_000L * 64, 10_000L * 512);
    }

    @Test
    void keepsAHundredFaultsAndDropsNoneThen() {
        String faulty = "[" + "1,".repeat(999) + "1]";

        List<String> faults = faults("{\"query\": \"q\", \"tags\": " + faulty + ", \"model\": 7, \"tags\": []}");

        assertThat(faults).hasSize(100).last().asString().startsWith("body.tags.99 ");
    }

    @Test
    void cutsStringsThatCannotBeNames() {
        assertThat(read("{\"query\": \"q\", \"model\": \"" + "m".repeat(2_000) + "\"}")
                        .model())
                .isEqualTo("m".repeat(1_000));
    }

    /** Record whose leaf reads null. */
    record Nulls(@JsonDeserialize(using = Tokens.class) String token) {}

    static final class Tokens extends LeafReader<String> {
        Tokens() {
            super(String.class);
        }

        @Override
        protected boolean readsNull() {
            return true;
        }

        @Override
        protected String read(JsonReader json, JsonToken first, BodyFaults faults) {
            json.skipChildren(first);
            return first.name();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | VALUE_NULL",
                "[[1]] | START_ARRAY",
                "{\"a\": {}} | START_OBJECT",
                "1.5 | VALUE_NUMBER_FLOAT"
            })
    void leavesAValueToItsOwnReader(String value, String token) {
        assertThat(Bodies.of("{\"token\": " + value + ", \"x\": 1}").read(Nulls.class))
                .isEqualTo(new Nulls(token));
    }

    @Test
    void takesTheTypeOfTheFaultWhereAnObjectIsExpected() {
        RequestFailure refusal =
                catchThrowableOfType(RequestFailure.class, () -> Bodies.of("7").read(Nulls.class, "dict_type"));

        assertThat(refusal.faults()).containsExactly(new FieldError("body", "Input should be an object", "dict_type"));
    }
}
