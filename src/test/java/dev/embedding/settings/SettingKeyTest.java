package dev.embedding.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingKeyTest {

    @Test
    void namesAllSettingsInAlphabeticalOrder() {
        assertThat(SettingKey.keys())
                .containsExactly(
                        "cors_origins",
                        "device",
                        "host",
                        "max_batch_size",
                        "model_cache_dir",
                        "model_name",
                        "normalize_embeddings",
                        "port");
    }

    @ParameterizedTest
    @CsvSource({
        "MODEL_NAME, model_name, EMBEDDING_MODEL_NAME",
        "DEVICE, device, EMBEDDING_DEVICE",
        "MODEL_CACHE_DIR, model_cache_dir, EMBEDDING_MODEL_CACHE_DIR",
        "NORMALIZE_EMBEDDINGS, normalize_embeddings, EMBEDDING_NORMALIZE",
        "MAX_BATCH_SIZE, max_batch_size, EMBEDDING_MAX_BATCH_SIZE",
        "CORS_ORIGINS, cors_origins, CORS_ORIGINS",
        "HOST, host, EMBEDDING_HOST",
        "PORT, port, EMBEDDING_PORT"
    })
    void hasAKeyAndAVariable(SettingKey setting, String key, String variable) {
        assertThat(setting.key()).isEqualTo(key);
        assertThat(setting.variable()).isEqualTo(variable);
    }

    @ParameterizedTest
    @EnumSource
    void isFoundByItsKey(SettingKey setting) {
        assertThat(SettingKey.of(setting.key())).contains(setting);
        assertThat(SettingKey.of(setting.name())).isEmpty();
        assertThat(SettingKey.of(setting.key() + " ")).isEmpty();
    }

    @Test
    void hasTheDefaultsOfTheContract() {
        assertThat(defaultOf(SettingKey.MODEL_NAME)).isEqualTo("BAAI/bge-small-en-v1.5");
        assertThat(defaultOf(SettingKey.DEVICE)).isEqualTo("cuda");
        assertThat(defaultOf(SettingKey.MODEL_CACHE_DIR)).isEqualTo("./model_cache");
        assertThat(defaultOf(SettingKey.NORMALIZE_EMBEDDINGS)).isEqualTo(true);
        assertThat(defaultOf(SettingKey.MAX_BATCH_SIZE)).isEqualTo(32);
        assertThat(defaultOf(SettingKey.CORS_ORIGINS)).isEqualTo(List.of("*"));
        assertThat(defaultOf(SettingKey.HOST)).isEqualTo("0.0.0.0");
        assertThat(defaultOf(SettingKey.PORT)).isEqualTo(8001);
    }

    private static Object defaultOf(SettingKey setting) {
        return setting.parse(setting.defaultText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "TRUE", "True", "yes", "Yes", "on", "oN", " true ", "\tyes\n"})
    void takesManyWordsForTrue(String text) {
        assertThat(SettingKey.NORMALIZE_EMBEDDINGS.parse(text)).isEqualTo(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "false", "FALSE", "no", "No", "off", "OFF", " false "})
    void takesManyWordsForFalse(String text) {
        assertThat(SettingKey.NORMALIZE_EMBEDDINGS.parse(text)).isEqualTo(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "2", "maybe", "truee", "t", "yes no", "null"})
    void takesNothingElseForABoolean(String text) {
        assertThatThrownBy(() -> SettingKey.NORMALIZE_EMBEDDINGS.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be 1, true, yes, on or 0, false, no, off, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"cpu, cpu", "cuda, cuda", "auto, auto", "CUDA, cuda", "' cpu ', cpu"})
    void takesTheDevices(String text, String device) {
        assertThat(SettingKey.DEVICE.parse(text)).isEqualTo(device);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:0", "mps", "cpu,cuda"})
    void takesNoOtherDevice(String text) {
        assertThatThrownBy(() -> SettingKey.DEVICE.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be cpu, cuda or auto, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "32, 32", "1024, 1024", "' 64 ', 64", "064, 64"})
    void takesBatchSizes(String text, int size) {
        assertThat(SettingKey.MAX_BATCH_SIZE.parse(text)).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1025", "32.0", "many", "1e3", "99999999999999999999", "3 2"})
    void takesNoOtherBatchSize(String text) {
        assertThatThrownBy(() -> SettingKey.MAX_BATCH_SIZE.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be a whole number from 1 to 1024, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"1024, 1024", "8001, 8001", "65535, 65535", "' 9000', 9000"})
    void takesPorts(String text, int port) {
        assertThat(SettingKey.PORT.parse(text)).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "1023", "65536", "http", "", "8001/tcp"})
    void takesNoOtherPort(String text) {
        assertThatThrownBy(() -> SettingKey.PORT.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be a whole number from 1024 to 65535, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"https://a,https://b", "[\"https://a\", \"https://b\"]", "' https://a , https://b '"})
    void takesListsAsPeopleWriteThem(String text) {
        assertThat(SettingKey.CORS_ORIGINS.parse(text)).isEqualTo(List.of("https://a", "https://b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "[]", "[1]", "[null]", "[\"a\""})
    void takesNoEmptyOrBrokenList(String text) {
        assertThatThrownBy(() -> SettingKey.CORS_ORIGINS.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be a list that is not empty, not '" + text + "'");
    }

    @ParameterizedTest
    @EnumSource(names = {"MODEL_NAME", "MODEL_CACHE_DIR", "HOST"})
    void takesAnyTextThatIsNotBlank(SettingKey setting) {
        assertThat(setting.parse(" some text ")).isEqualTo("some text");
        assertThatThrownBy(() -> setting.parse(" \t "))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("must be " + setting.rule() + ", not '   '");
    }

    @Test
    void showsNoMoreThanTheBeginningOfALongValue() {
        assertThatThrownBy(() -> SettingKey.PORT.parse("9".repeat(5_000)))
                .hasMessage("must be a whole number from 1024 to 65535, not '" + "9".repeat(80) + "…'");
    }
}
