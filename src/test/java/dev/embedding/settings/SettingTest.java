package dev.embedding.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.settings.Setting.Effect;
import dev.embedding.vector.Pooling;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {

    @Test
    void namesAllSettingsInAlphabeticalOrder() {
        assertThat(Setting.keys())
                .containsExactly(
                        "cors_origins",
                        "device",
                        "dimensions",
                        "document_prompt",
                        "host",
                        "lane_share",
                        "max_batch_size",
                        "max_input_tokens",
                        "model_aliases",
                        "model_cache_dir",
                        "model_file",
                        "model_name",
                        "normalize_embeddings",
                        "pooling",
                        "port",
                        "precision",
                        "query_prompt",
                        "required_space");
    }

    @ParameterizedTest
    @CsvSource({
        "model_name, EMBEDDING_MODEL_NAME",
        "device, EMBEDDING_DEVICE",
        "model_cache_dir, EMBEDDING_MODEL_CACHE_DIR",
        "normalize_embeddings, EMBEDDING_NORMALIZE",
        "max_batch_size, EMBEDDING_MAX_BATCH_SIZE",
        "precision, EMBEDDING_PRECISION",
        "model_file, EMBEDDING_MODEL_FILE",
        "pooling, EMBEDDING_POOLING",
        "query_prompt, EMBEDDING_QUERY_PROMPT",
        "document_prompt, EMBEDDING_DOCUMENT_PROMPT",
        "max_input_tokens, EMBEDDING_MAX_INPUT_TOKENS",
        "model_aliases, EMBEDDING_MODEL_ALIASES",
        "dimensions, EMBEDDING_DIMENSIONS",
        "required_space, EMBEDDING_REQUIRED_SPACE",
        "lane_share, EMBEDDING_LANE_SHARE",
        "cors_origins, CORS_ORIGINS",
        "host, EMBEDDING_HOST",
        "port, EMBEDDING_PORT"
    })
    void hasAKeyAndAVariable(String key, String variable) {
        Setting<?> setting = Setting.of(key).orElseThrow();

        assertThat(setting.key()).isEqualTo(key);
        assertThat(setting.variable()).isEqualTo(variable);
    }

    @Test
    void isFoundByItsKey() {
        for (Setting<?> setting : Setting.all()) {
            assertThat(Setting.of(setting.key()).orElseThrow()).isSameAs(setting);
            assertThat(Setting.of(setting.key().toUpperCase(Locale.ROOT))).isEmpty();
            assertThat(Setting.of(setting.key() + " ")).isEmpty();
        }
    }

    @Test
    void hasTheDefaultsOfTheContract() {
        assertThat(defaultOf(Setting.MODEL_NAME)).isEqualTo("BAAI/bge-small-en-v1.5");
        assertThat(defaultOf(Setting.DEVICE)).isEqualTo("cuda");
        assertThat(defaultOf(Setting.MODEL_CACHE_DIR)).isEqualTo("./model_cache");
        assertThat(defaultOf(Setting.NORMALIZE_EMBEDDINGS)).isEqualTo(true);
        assertThat(defaultOf(Setting.MAX_BATCH_SIZE)).isEqualTo(32);
        assertThat(defaultOf(Setting.PRECISION)).isEqualTo("fp32");
        assertThat(defaultOf(Setting.MODEL_FILE)).isEqualTo("");
        assertThat(defaultOf(Setting.POOLING)).isEqualTo("");
        assertThat(defaultOf(Setting.QUERY_PROMPT)).isEqualTo("");
        assertThat(defaultOf(Setting.DOCUMENT_PROMPT)).isEqualTo("");
        assertThat(defaultOf(Setting.MAX_INPUT_TOKENS)).isEqualTo(0);
        assertThat(defaultOf(Setting.MODEL_ALIASES)).isEqualTo(List.of());
        assertThat(defaultOf(Setting.DIMENSIONS)).isEqualTo(List.of());
        assertThat(defaultOf(Setting.REQUIRED_SPACE)).isEqualTo("");
        assertThat(defaultOf(Setting.CORS_ORIGINS)).isEqualTo(List.of("*"));
        assertThat(defaultOf(Setting.HOST)).isEqualTo("0.0.0.0");
        assertThat(defaultOf(Setting.PORT)).isEqualTo(8001);
    }

    private static Object defaultOf(Setting<?> setting) {
        return SettingValues.DEFAULTS.shown(setting);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "TRUE", "True", "yes", "Yes", "on", "oN", " true ", "\tyes\n"})
    void acceptsManyWordsForTrue(String text) {
        assertThat(Setting.NORMALIZE_EMBEDDINGS.parse(text)).isEqualTo(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "false", "FALSE", "no", "No", "off", "OFF", " false "})
    void acceptsManyWordsForFalse(String text) {
        assertThat(Setting.NORMALIZE_EMBEDDINGS.parse(text)).isEqualTo(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "2", "maybe", "truee", "t", "yes no", "null"})
    void acceptsNothingElseForABoolean(String text) {
        assertThatThrownBy(() -> Setting.NORMALIZE_EMBEDDINGS.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be 1, true, yes, on or 0, false, no, off, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"cpu, cpu", "cuda, cuda", "auto, auto", "CUDA, cuda", "' cpu ', cpu"})
    void acceptsTheDevices(String text, String device) {
        assertThat(Setting.DEVICE.parse(text)).isEqualTo(device);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:0", "mps", "cpu,cuda"})
    void acceptsNoOtherDevice(String text) {
        assertThatThrownBy(() -> Setting.DEVICE.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be cpu, cuda or auto, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "32, 32", "1024, 1024", "' 64 ', 64", "064, 64"})
    void acceptsBatchSizes(String text, int size) {
        assertThat(Setting.MAX_BATCH_SIZE.parse(text)).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1025", "32.0", "many", "1e3", "99999999999999999999", "3 2"})
    void acceptsNoOtherBatchSize(String text) {
        assertThatThrownBy(() -> Setting.MAX_BATCH_SIZE.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be a whole number from 1 to 1024, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "8, 8", "1000000, 1000000", "' 512 ', 512"})
    void acceptsMaximumLengthsOrZero(String text, int tokens) {
        assertThat(Setting.MAX_INPUT_TOKENS.parse(text)).isEqualTo(tokens);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "7", "-1", "-8", "1000001", "512.0", "auto", "4294967296"})
    void acceptsNoOtherMaximumLength(String text) {
        assertThatThrownBy(() -> Setting.MAX_INPUT_TOKENS.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be 0 or a whole number from 8 to 1000000, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"'128,256', 128 256", "' [256, 128] ', 128 256", "64, 64", "'7, 7', 7", "'', ''", "[], ''"})
    void acceptsDimensionsInAnyOrder(String text, String dimensions) {
        List<Integer> expected = Stream.of(dimensions.split(" "))
                .filter(number -> !number.isEmpty())
                .map(Integer::valueOf)
                .toList();

        assertThat(Setting.DIMENSIONS.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "65537", "128,", ",", "128 256", "1.5", "[128", "[\"128\"]", "all"})
    void acceptsNoOtherDimensions(String text) {
        assertThatThrownBy(() -> Setting.DIMENSIONS.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be empty, or a list of whole numbers from 1 to 65536, not '" + text + "'");
    }

    @Test
    void acceptsAliasesOrNone() {
        assertThat(Setting.MODEL_ALIASES.parse(" a , b/c,")).isEqualTo(List.of("a", "b/c"));
        assertThat(Setting.MODEL_ALIASES.parse("[\"a,b\"]")).isEqualTo(List.of("a,b"));
        assertThat(Setting.MODEL_ALIASES.parse(" ")).isEqualTo(List.of());
    }

    @ParameterizedTest
    @CsvSource({"1024, 1024", "8001, 8001", "65535, 65535", "' 9000', 9000"})
    void takesPorts(String text, int port) {
        assertThat(Setting.PORT.parse(text)).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "1023", "65536", "http", "", "8001/tcp"})
    void acceptsNoOtherPort(String text) {
        assertThatThrownBy(() -> Setting.PORT.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be a whole number from 1024 to 65535, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"https://a,https://b", "[\"https://a\", \"https://b\"]", "' https://a , https://b '"})
    void acceptsListsAsOperatorsWriteThem(String text) {
        assertThat(Setting.CORS_ORIGINS.parse(text)).isEqualTo(List.of("https://a", "https://b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "[]", "[1]", "[null]", "[\"a\""})
    void acceptsNoEmptyOrBrokenList(String text) {
        assertThatThrownBy(() -> Setting.CORS_ORIGINS.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be a list that is not empty, not '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model_name", "model_cache_dir", "host"})
    void acceptsAnyTextThatIsNotBlank(String key) {
        Setting<?> setting = Setting.of(key).orElseThrow();

        assertThat(setting.parse(" some text ")).isEqualTo("some text");
        assertThatThrownBy(() -> setting.parse(" \t "))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be " + setting.rule() + ", not '   '");
    }

    @ParameterizedTest
    @CsvSource({"fp32, fp32", "fp16, fp16", "int8, int8", "int8-fine, int8-fine", "' INT8 ', int8"})
    void acceptsThePrecisions(String text, String precision) {
        assertThat(Setting.PRECISION.parse(text)).isEqualTo(precision);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fp8", "bf16", "32", "fp32,int8"})
    void acceptsNoOtherPrecision(String text) {
        assertThatThrownBy(() -> Setting.PRECISION.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be fp32, fp16, int8 or int8-fine, not '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.onnx",
                "onnx/model_O3.onnx",
                "./onnx/model.onnx",
                "a/b/my model..onnx",
                "a/..b/\u00e9.onnx"
            })
    void acceptsPathsInsideTheModel(String path) {
        assertThat(Setting.MODEL_FILE.parse(" " + path + " ")).contains(path);
    }

    @Test
    void acceptsALongPathInsideTheModel() {
        String path = "d/".repeat(1_000) + "model.onnx";

        assertThat(Setting.MODEL_FILE.parse(path)).contains(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/model.onnx",
                "//host/model.onnx",
                "../model.onnx",
                "onnx/../../model.onnx",
                "..",
                "onnx\\model.onnx",
                "..\\model.onnx",
                "C:model.onnx",
                "C:/model.onnx",
                "onnx//model.onnx",
                "onnx/",
                "model",
                ".onnx",
                "model.onnx.data",
                "model.ONNX",
                "model\u0000.onnx"
            })
    void acceptsNoPathThatLeadsElsewhereOrToAnotherFile(String path) {
        assertThatThrownBy(() -> Setting.MODEL_FILE.parse(path))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("must be empty, or a path inside the model that ends in .onnx");
    }

    @ParameterizedTest
    @EnumSource
    void acceptsEveryPoolingInAnyCase(Pooling mode) {
        assertThat(Setting.POOLING.parse(" " + mode.label().toUpperCase(Locale.ROOT) + "\n"))
                .contains(mode.label());
    }

    @ParameterizedTest
    @ValueSource(strings = {"median", "mean+cls", "cls,mean", "[\"cls\"]", "pooling_mode_cls_token", "null"})
    void acceptsNoOtherPooling(String text) {
        assertThatThrownBy(() -> Setting.POOLING.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be empty, or cls, mean, max, mean_sqrt_len_tokens, weightedmean or lasttoken, not '"
                        + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "query: ", "\n Instruct: \t", "\"quoted\"", "null", "\u00a0", "\ud83d\ude00 "})
    void keepsThePromptsAsTheyAre(String text) {
        assertThat(Setting.QUERY_PROMPT.parse(text)).isEqualTo(text);
        assertThat(Setting.DOCUMENT_PROMPT.parse(text)).isEqualTo(text);
    }

    @Test
    void acceptsNoPromptThatWasReadWithTheWrongEncoding() {
        assertThatThrownBy(() -> Setting.QUERY_PROMPT.parse("requ\uFFFD\uFFFDte : "))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("must be any text without U+FFFD");
    }

    @Test
    void acceptsAFingerprint() {
        assertThat(Setting.REQUIRED_SPACE.parse(" d9a3ad91cb6b52ba7614c0d541975665\n"))
                .contains("d9a3ad91cb6b52ba7614c0d541975665");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "d9a3",
                "D9A3AD91CB6B52BA7614C0D541975665",
                "d9a3ad91cb6b52ba7614c0d5419756650",
                "g9a3ad91cb6b52ba7614c0d541975665"
            })
    void acceptsNoOtherFingerprint(String text) {
        assertThatThrownBy(() -> Setting.REQUIRED_SPACE.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be empty, or a fingerprint as /model/info shows it: 32 digits of 0-9a-f, not '" + text
                        + "'");
    }

    @Test
    void isOptionalWhenAnEmptyTextMeansUnset() {
        for (Setting<?> setting : Setting.all()) {
            Object byDefault = SettingValues.DEFAULTS.shown(setting);

            assertThat(setting.isOptional())
                    .as(setting.key())
                    .isEqualTo(byDefault.equals("") || byDefault.equals(List.of()));
        }
    }

    @Test
    void treatsBlanksAsUnset() {
        assertThat(Setting.MODEL_FILE.parse(" \t")).isEmpty();
        assertThat(Setting.POOLING.parse(" \t")).isEmpty();
        assertThat(Setting.REQUIRED_SPACE.parse(" \t")).isEmpty();
    }

    @Test
    void takesEffectAsDocumented() {
        assertThat(Setting.all().stream().filter(setting -> setting.effect() == Effect.NEVER))
                .containsExactly(Setting.HOST, Setting.PORT);
        assertThat(Setting.all().stream().filter(setting -> setting.effect() == Effect.AT_ONCE))
                .containsExactly(
                        Setting.NORMALIZE_EMBEDDINGS,
                        Setting.MAX_BATCH_SIZE,
                        Setting.CORS_ORIGINS,
                        Setting.MODEL_ALIASES,
                        Setting.DIMENSIONS,
                        Setting.REQUIRED_SPACE,
                        Setting.LANE_SHARE);
    }

    @Test
    void showsNoMoreThanTheBeginningOfALongValue() {
        assertThatThrownBy(() -> Setting.PORT.parse("9".repeat(5_000)))
                .hasMessage("must be a whole number from 1024 to 65535, not '" + "9".repeat(80) + "…'");
    }
}
