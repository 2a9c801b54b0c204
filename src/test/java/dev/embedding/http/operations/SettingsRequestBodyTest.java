package dev.embedding.http.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.http.exchange.Bodies;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsRequestBodyTest {

    /** A key, the JSON that a caller sends, and the text to be stored. */
    private static final String VALUES = """
            max_batch_size       | 64                            | 64
            max_batch_size       | "16"                          | 16
            max_batch_size       | " 16 "                        | ' 16 '
            port                 | 65535                         | 65535
            normalize_embeddings | true                          | true
            normalize_embeddings | false                         | false
            normalize_embeddings | "no"                          | no
            normalize_embeddings | "ON"                          | ON
            normalize_embeddings | "1"                           | 1
            cors_origins         | ["https://a"]                 | ["https://a"]
            cors_origins         | [ "https://a" , "https://b" ] | ["https://a","https://b"]
            cors_origins         | ["a\\"b"]                     | ["a\\"b"]
            cors_origins         | "https://a,https://b"         | https://a,https://b
            cors_origins         | "[\\"https://a\\"]"           | ["https://a"]
            cors_origins         | "*"                           | *
            device               | "cpu"                         | cpu
            device               | "AUTO"                        | AUTO
            model_name           | "./my model"                  | ./my model
            model_name           | "64"                          | 64
            model_cache_dir      | "/models/\\u00e9"             | /models/é
            host                 | "127.0.0.1"                   | 127.0.0.1
            precision            | "int8"                        | int8
            model_file           | "onnx/model_O3.onnx"          | onnx/model_O3.onnx
            model_file           | ""                            | ''
            pooling              | "Cls"                         | Cls
            pooling              | ""                            | ''
            query_prompt         | "query: "                     | 'query: '
            query_prompt         | ""                            | ''
            document_prompt      | " "                           | ' '
            required_space       | ""                            | ''
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = VALUES)
    void storesAValueAsText(String key, String json, String text) {
        Map<SettingKey, Optional<String>> stored = Map.of(key(key), Optional.of(text));

        assertThat(single("{\"key\": \"" + key + "\", \"value\": " + json + "}"))
                .isEqualTo(stored);
        assertThat(single("{\"value\": " + json + ", \"key\": \"" + key + "\"}"))
                .isEqualTo(stored);
        assertThat(bulk("{\"settings\": {\"" + key + "\": " + json + "}}")).isEqualTo(stored);
    }

    /** A key, and JSON that it does not accept. */
    private static final String BAD_VALUES = """
            max_batch_size       | 0
            max_batch_size       | 1025
            max_batch_size       | 64.0
            max_batch_size       | 64.5
            max_batch_size       | 1e2
            max_batch_size       | 99999999999999999999
            max_batch_size       | NaN
            max_batch_size       | "many"
            max_batch_size       | ""
            max_batch_size       | true
            max_batch_size       | [64]
            max_batch_size       | null
            max_batch_size       | {"value": 64}
            port                 | 1023
            port                 | 65536
            port                 | "8001/tcp"
            normalize_embeddings | "maybe"
            normalize_embeddings | ""
            normalize_embeddings | 1
            normalize_embeddings | ["true"]
            normalize_embeddings | null
            cors_origins         | []
            cors_origins         | [""]
            cors_origins         | ""
            cors_origins         | ","
            cors_origins         | "["
            cors_origins         | "[1]"
            cors_origins         | [1]
            cors_origins         | ["https://a", null]
            cors_origins         | [["https://a"]]
            cors_origins         | ["\\ud800"]
            cors_origins         | "[\\"\\\\ud800\\"]"
            cors_origins         | true
            cors_origins         | 7
            cors_origins         | {"0": "https://a"}
            device               | "gpu"
            device               | ""
            device               | 0
            device               | null
            model_name           | ""
            model_name           | "  "
            model_name           | "\\ud83d"
            model_name           | 7
            model_name           | true
            model_name           | ["a"]
            model_name           | null
            model_name           | {}
            model_cache_dir      | " "
            host                 | "\\t"
            precision            | "fp8"
            precision            | ""
            precision            | null
            model_file           | "../model.onnx"
            model_file           | "/model.onnx"
            model_file           | null
            pooling              | "median"
            pooling              | null
            pooling              | ["cls"]
            query_prompt         | null
            query_prompt         | 7
            query_prompt         | ["query: "]
            query_prompt         | "\\ud800 "
            document_prompt      | "\\ufffd"
            required_space       | "none"
            required_space       | null
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = BAD_VALUES)
    void rejectsAValueThatTheKeyDoesNotAccept(String key, String json) {
        assertThat(singleFaults("{\"key\": \"" + key + "\", \"value\": " + json + "}"))
                .containsExactly("body.value value_error");
        assertThat(bulkFaults("{\"settings\": {\"" + key + "\": " + json + "}}"))
                .containsExactly("body.settings." + key + " value_error");
    }

    @Test
    void namesTheRuleAndTheValueReceived() {
        assertThat(messages("{\"key\": \"max_batch_size\", \"value\": \"many\"}"))
                .containsExactly("Value must be a whole number from 1 to 1024, not 'many'");
        assertThat(messages("{\"key\": \"max_batch_size\", \"value\": null}"))
                .containsExactly("Value must be a whole number from 1 to 1024, not null");
        assertThat(messages("{\"key\": \"cors_origins\", \"value\": [1]}"))
                .containsExactly("Value must be a list that is not empty, not a list of numbers");
        assertThat(messages("{\"key\": \"dimensions\", \"value\": [128, null]}"))
                .containsExactly("Value must be empty, or a list of whole numbers from 1 to 65536,"
                        + " not a list of other things than texts");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                            | body.key missing, body.value missing
            {"key": "port"}                                               | body.value missing
            {"value": 8002}                                               | body.key missing
            {"Key": "port", "Value": 8002}                                | body.key missing, body.value missing
            {"key": null, "value": 8002}                                  | body.key string_type
            {"key": ["port"], "value": 8002}                              | body.key string_type
            {"key": "nothing", "value": 8002}                             | body.key value_error
            {"key": "PORT", "value": 8002}                                | body.key value_error
            {"key": "", "value": 8002}                                    | body.key value_error
            {"key": "nothing"}                                            | body.key value_error, body.value missing
            {"key": "nothing", "value": null}                             | body.key value_error
            {"key": "port", "value": 8002, "key": "nothing"}              | body.key value_error
            {"key": "port", "value": 8002, "value": 7}                    | body.value value_error
            []                                                            | body model_attributes_type
            "port"                                                        | body model_attributes_type
            null                                                          | body model_attributes_type
            {"key": "port", "value": 8002                                 | body.29 json_invalid
            {"key": "port", "value": }                                    | body.25 json_invalid
            {"key": "nothing", "value": 1} x                              | body.31 json_invalid
            """)
    void rejectsAMalformedSingleChange(String body, String faults) {
        assertThat(singleFaults(body)).containsExactly(faults.split(", "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                            | body.settings missing
            {"key": "port", "value": 8002}                                | body.settings missing
            {"settings": {}}                                              | body.settings too_short
            {"settings": null}                                            | body.settings dict_type
            {"settings": [{"port": 8002}]}                                | body.settings dict_type
            {"settings": {"nothing": 1}}                                  | body.settings value_error
            {"settings": {"port": 8002, "nothing": 1, "else": 2}}         | body.settings value_error
            {"settings": {"port": 8002}, "settings": {}}                  | body.settings too_short
            {"settings": {"port": 8002, "port": 7}}                       | body.settings.port value_error
            {"settings": {"port": 7, "x": {"y": 1}, "device": "gpu"}}     | body.settings value_error, \
            body.settings.device value_error, body.settings.port value_error
            {"settings": {"models.small.port": 8002}}                     | body.settings value_error
            {"settings": {"models.small.precision": "fp9"}}               | body.settings.models.small.precision value_error
            {"settings": {"models.Small.precision": "int8"}}              | body.settings value_error
            [{"settings": {"port": 8002}}]                                | body model_attributes_type
            7                                                             | body model_attributes_type
            {"settings": {"port": 8002}                                   | body.27 json_invalid
            {"settings": {}} x                                            | body.17 json_invalid
            """)
    void rejectsAMalformedBulkChange(String body, String faults) {
        assertThat(bulkFaults(body)).containsExactly(faults.split(", "));
    }

    @Test
    void requiresABody() {
        assertThat(singleFaults("")).containsExactly("body missing");
        assertThat(bulkFaults("")).containsExactly("body missing");
    }

    @Test
    void changesSeveralSettingsAtOnce() {
        assertThat(bulk("{\"settings\": {\"max_batch_size\": 8, \"device\": \"cpu\", \"max_batch_size\": \"16\"}}"))
                .isEqualTo(Map.of(
                        SettingKey.of(Setting.MAX_BATCH_SIZE), Optional.of("16"),
                        SettingKey.of(Setting.DEVICE), Optional.of("cpu")));
    }

    @Test
    void usesTheLastOfDuplicateKeys() {
        assertThat(single("{\"key\": \"nothing\", \"value\": 0, \"key\": \"port\", \"value\": 8002}"))
                .isEqualTo(Map.of(SettingKey.of(Setting.PORT), Optional.of("8002")));
        assertThat(bulk("{\"settings\": 7, \"settings\": {\"port\": 7, \"port\": 8002}}"))
                .isEqualTo(Map.of(SettingKey.of(Setting.PORT), Optional.of("8002")));
    }

    @Test
    void ignoresUnknownFields() {
        assertThat(single("{\"by\": {\"key\": \"device\"}, \"key\": \"port\", \"value\": 8002, \"n\": [NaN]}"))
                .isEqualTo(Map.of(SettingKey.of(Setting.PORT), Optional.of("8002")));
        assertThat(bulk("{\"key\": [\"device\"], \"settings\": {\"port\": 8002}, \"value\": {}}"))
                .isEqualTo(Map.of(SettingKey.of(Setting.PORT), Optional.of("8002")));
    }

    @Test
    void acceptsValuesUpToTheLengthOfTheTable() {
        String longest = "😀".repeat(2_048);

        assertThat(single("{\"key\": \"model_name\", \"value\": \"" + longest + "\"}"))
                .isEqualTo(Map.of(SettingKey.of(Setting.MODEL_NAME), Optional.of(longest)));
    }

    static Stream<Setting<?>> settings() {
        return Setting.all().stream();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void rejectsLongerValues(Setting<?> key) {
        String tooLong = "\"" + "9".repeat(2_049) + "\"";

        assertThat(singleFaults("{\"key\": \"" + key.key() + "\", \"value\": " + tooLong + "}"))
                .containsExactly("body.value too_long");
        assertThat(bulkFaults("{\"settings\": {\"" + key.key() + "\": " + tooLong + "}}"))
                .containsExactly("body.settings." + key.key() + " too_long");
    }

    @Test
    void limitsTheLengthOfAListAsStored() {
        String fits = "[\"" + "a".repeat(2_048 - 4) + "\"]";
        String tooLong = "[\"" + "a".repeat(2_048 - 3) + "\"]";

        assertThat(single("{\"key\": \"cors_origins\", \"value\": " + fits + "}"))
                .isEqualTo(Map.of(SettingKey.of(Setting.CORS_ORIGINS), Optional.of(fits)));
        assertThat(singleFaults("{\"key\": \"cors_origins\", \"value\": " + tooLong + "}"))
                .containsExactly("body.value too_long");
    }

    @Test
    void namesUnsupportedAndSupportedKeys() {
        assertThat(messages("{\"key\": \"nothing\", \"value\": 1}"))
                .containsExactly("Unsupported: 'nothing'; settings are " + String.join(", ", Setting.keys())
                        + " and models.<id>.<key> with the id of a further model");
    }

    @Test
    void namesOnlyTheFirstOfManyUnsupportedKeysAndTheirBeginning() {
        String settings = IntStream.range(0, 50)
                .mapToObj(index -> "\"" + "k".repeat(200) + index + "\": 1")
                .collect(Collectors.joining(", ", "{\"settings\": {", "}}"));

        assertThat(faults(() -> bulk(settings))).singleElement().satisfies(fault -> assertThat(fault.message())
                .contains("and more")
                .hasSizeLessThan(1_200));
    }

    @Test
    void changesASettingOfAFurtherModel() {
        SettingKey name = new SettingKey("small", Setting.MODEL_NAME);

        assertThat(single("{\"key\": \"models.small.model_name\", \"value\": \"org/small\"}"))
                .isEqualTo(Map.of(name, Optional.of("org/small")));
        assertThat(bulk("{\"settings\": {\"models.small.model_name\": \"org/small\", \"device\": \"cpu\"}}"))
                .isEqualTo(Map.of(name, Optional.of("org/small"), SettingKey.of(Setting.DEVICE), Optional.of("cpu")));
        assertThat(SettingsRequestBody.deletion("models.small.model_name").texts())
                .isEqualTo(Map.of(name, Optional.empty()));
    }

    @Test
    void deletesASetting() {
        assertThat(SettingsRequestBody.deletion("device").texts())
                .isEqualTo(Map.of(SettingKey.of(Setting.DEVICE), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "Device", " device", "bulk"})
    void rejectsDeletionOfUnsupportedKeys(String key) {
        assertThat(names(faults(() -> SettingsRequestBody.deletion(key)))).containsExactly("path.key value_error");
    }

    private static SettingKey key(String name) {
        return SettingKey.of(name.toLowerCase(Locale.ROOT)).orElseThrow();
    }

    private static Map<SettingKey, Optional<String>> single(String body) {
        return SettingsRequestBody.single(Bodies.of(body)).texts();
    }

    private static Map<SettingKey, Optional<String>> bulk(String body) {
        return SettingsRequestBody.bulk(Bodies.of(body)).texts();
    }

    private static List<String> singleFaults(String body) {
        return names(faults(() -> single(body)));
    }

    private static List<String> bulkFaults(String body) {
        return names(faults(() -> bulk(body)));
    }

    private static List<String> messages(String body) {
        return faults(() -> single(body)).stream().map(FieldError::message).toList();
    }

    private static List<String> names(List<FieldError> faults) {
        return faults.stream().map(fault -> fault.field() + " " + fault.type()).toList();
    }

    private static List<FieldError> faults(Runnable parsing) {
        return catchThrowableOfType(RequestFailure.class, parsing::run).faults();
    }
}
