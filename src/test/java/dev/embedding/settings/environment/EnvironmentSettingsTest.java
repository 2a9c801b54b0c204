package dev.embedding.settings.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.settings.SampleSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.SettingValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentSettingsTest {

    private static final String SERVICE_LINK = "tcp://10.0.0.7:8001";
    private static final String SPACE = "0123456789abcdef0123456789abcdef";

    @Test
    void usesTheDefaults() {
        EnvironmentSettings settings = settings(Map.of());

        assertThat(settings.settings()).isEqualTo(new ServiceSettings(SettingValues.DEFAULTS));
        assertThat(settings.given()).isEmpty();
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void readsEveryVariable() {
        EnvironmentSettings settings = settings(Map.ofEntries(
                Map.entry("EMBEDDING_HOST", "127.0.0.1"),
                Map.entry("EMBEDDING_PORT", "9000"),
                Map.entry("EMBEDDING_MODEL_NAME", "some/model"),
                Map.entry("EMBEDDING_MODEL_CACHE_DIR", "/cache"),
                Map.entry("EMBEDDING_DEVICE", "cpu"),
                Map.entry("EMBEDDING_NORMALIZE", "no"),
                Map.entry("EMBEDDING_MAX_BATCH_SIZE", "8"),
                Map.entry("EMBEDDING_PRECISION", "fp16"),
                Map.entry("EMBEDDING_MODEL_FILE", "onnx/model_O3.onnx"),
                Map.entry("EMBEDDING_POOLING", "Mean_Sqrt_Len_Tokens"),
                Map.entry("EMBEDDING_QUERY_PROMPT", "query: "),
                Map.entry("EMBEDDING_DOCUMENT_PROMPT", " passage:\n"),
                Map.entry("EMBEDDING_MAX_INPUT_TOKENS", "256"),
                Map.entry("EMBEDDING_MODEL_ALIASES", "text-embedding-3-small, b"),
                Map.entry("EMBEDDING_DIMENSIONS", "256, 128"),
                Map.entry("EMBEDDING_LANE_SHARE", "4"),
                Map.entry("EMBEDDING_REQUIRED_SPACE", SPACE),
                Map.entry("CORS_ORIGINS", "https://a, https://b")));

        assertThat(settings.settings())
                .isEqualTo(SampleSettings.of(Map.ofEntries(
                        Map.entry("host", "127.0.0.1"),
                        Map.entry("port", "9000"),
                        Map.entry("model_name", "some/model"),
                        Map.entry("model_cache_dir", "/cache"),
                        Map.entry("device", "cpu"),
                        Map.entry("normalize_embeddings", "false"),
                        Map.entry("max_batch_size", "8"),
                        Map.entry("cors_origins", "https://a,https://b"),
                        Map.entry("precision", "fp16"),
                        Map.entry("model_file", "onnx/model_O3.onnx"),
                        Map.entry("pooling", "mean_sqrt_len_tokens"),
                        Map.entry("query_prompt", "query: "),
                        Map.entry("document_prompt", " passage:\n"),
                        Map.entry("max_input_tokens", "256"),
                        Map.entry("model_aliases", "text-embedding-3-small,b"),
                        Map.entry("dimensions", "128,256"),
                        Map.entry("lane_share", "4"),
                        Map.entry("required_space", SPACE))));
        assertThat(settings.given())
                .containsExactlyInAnyOrderElementsOf(
                        Setting.all().stream().map(SettingKey::of).toList());
    }

    @Test
    void prefersTheRealEnvironmentToTheFileAndTheFileToDefaults(@TempDir Path directory) throws IOException {
        Path file = file(directory, "EMBEDDING_DEVICE=cpu  # or 'cuda'\nEMBEDDING_MAX_BATCH_SIZE=4\n");

        EnvironmentSettings settings =
                EnvironmentSettings.of(Environment.read(Map.of("EMBEDDING_MAX_BATCH_SIZE", "16"), file));

        assertThat(settings.settings().get(Setting.DEVICE)).isEqualTo("cpu");
        assertThat(settings.settings().get(Setting.MAX_BATCH_SIZE)).isEqualTo(16);
        assertThat(settings.settings().get(Setting.PORT)).isEqualTo(8001);
        assertThat(settings.given())
                .containsExactlyInAnyOrder(SettingKey.of(Setting.DEVICE), SettingKey.of(Setting.MAX_BATCH_SIZE));
    }

    @Test
    void treatsAnEmptyVariableOfAnOptionalSettingAsUnset() {
        EnvironmentSettings settings = settings(Map.of(
                "EMBEDDING_MODEL_FILE", "",
                "EMBEDDING_POOLING", "",
                "EMBEDDING_QUERY_PROMPT", "",
                "EMBEDDING_DOCUMENT_PROMPT", "",
                "EMBEDDING_REQUIRED_SPACE", ""));

        assertThat(settings).isEqualTo(settings(Map.of()));
    }

    @Test
    void keepsTheBlanksOfAPromptThatQuotesHoldInTheFile(@TempDir Path directory) throws IOException {
        Path file = file(directory, """
                EMBEDDING_QUERY_PROMPT="query: "  # with a blank
                EMBEDDING_DOCUMENT_PROMPT=passage:   # without
                """);

        ServiceSettings settings =
                EnvironmentSettings.of(Environment.read(Map.of(), file)).settings();

        assertThat(settings.get(Setting.QUERY_PROMPT)).isEqualTo("query: ");
        assertThat(settings.get(Setting.DOCUMENT_PROMPT)).isEqualTo("passage:");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EMBEDDING_PRECISION | fp8 | fp32, fp16, int8 or int8-fine",
                "EMBEDDING_PRECISION | '' | fp32, fp16, int8 or int8-fine",
                "EMBEDDING_MODEL_FILE | /etc/model.onnx | a path inside the model",
                "EMBEDDING_MODEL_FILE | ../model.onnx | a path inside the model",
                "EMBEDDING_POOLING | median | empty, or cls, mean, max",
                "EMBEDDING_QUERY_PROMPT | caf\uFFFD | without U+FFFD",
                "EMBEDDING_REQUIRED_SPACE | 0123 | a fingerprint as /model/info shows it"
            })
    void namesVariableRuleAndValueOf(String variable, String value, String rule) {
        InvalidEnvironmentException invalid =
                catchThrowableOfType(InvalidEnvironmentException.class, () -> settings(Map.of(variable, value)));

        assertThat(invalid.faults())
                .singleElement()
                .asString()
                .startsWith(variable + " must be ")
                .contains(rule)
                .endsWith(", not '" + value + "'");
    }

    @Test
    void needsNoFile(@TempDir Path directory) {
        EnvironmentSettings settings =
                EnvironmentSettings.of(Environment.read(Map.of("EMBEDDING_DEVICE", "cpu"), directory.resolve(".env")));

        assertThat(settings.settings().get(Setting.DEVICE)).isEqualTo("cpu");
    }

    @Test
    void rejectsAFileThatIsNoText(@TempDir Path directory) throws IOException {
        Path file =
                Files.write(directory.resolve(".env"), "EMBEDDING_DEVICE=\u00e4".getBytes(StandardCharsets.ISO_8859_1));

        InvalidEnvironmentException invalid =
                catchThrowableOfType(InvalidEnvironmentException.class, () -> Environment.read(Map.of(), file));

        assertThat(invalid.faults()).singleElement().asString().startsWith(".env must be a file of UTF-8 text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EMBEDDING_MODEL_NAME",
                "EMBEDDING_MODEL_CACHE_DIR",
                "EMBEDDING_SETTINGS_FILE",
                "EMBEDDING_API_KEYS_FILE",
                "EMBEDDING_ADMIN_KEYS_FILE"
            })
    void rejectsAPathThatTheLocaleCannotExpress(String variable) {
        InvalidEnvironmentException invalid = catchThrowableOfType(
                InvalidEnvironmentException.class, () -> settings(Map.of(variable, "/models/m\uFFFD\uFFFDdel")));

        assertThat(invalid.faults())
                .singleElement()
                .asString()
                .startsWith(variable + " must be a path that the locale can express")
                .contains("LC_ALL=C.UTF-8");
    }

    @Test
    void ignoresTheAddressOfAKubernetesServiceWithAWarning() {
        EnvironmentSettings settings = settings(Map.of("EMBEDDING_PORT", SERVICE_LINK));

        assertThat(settings.settings().get(Setting.PORT)).isEqualTo(8001);
        assertThat(settings.given()).isEmpty();
        assertThat(settings.warnings()).singleElement().asString().contains("EMBEDDING_PORT", SERVICE_LINK);
    }

    @Test
    void readsThePortOfTheFileBehindTheAddressOfAKubernetesService(@TempDir Path directory) throws IOException {
        Path file = file(directory, "EMBEDDING_PORT=9000\n");

        EnvironmentSettings settings =
                EnvironmentSettings.of(Environment.read(Map.of("EMBEDDING_PORT", SERVICE_LINK), file));

        assertThat(settings.settings().get(Setting.PORT)).isEqualTo(9000);
        assertThat(settings.warnings()).hasSize(1);
    }

    @Test
    void namesEveryFaultWithVariableRuleAndValue() {
        InvalidEnvironmentException invalid = catchThrowableOfType(
                InvalidEnvironmentException.class,
                () -> settings(Map.of(
                        "EMBEDDING_PORT", "80",
                        "EMBEDDING_DEVICE", "tpu",
                        "EMBEDDING_NORMALIZE", "yes",
                        "CORS_ORIGINS", ",")));

        assertThat(invalid.faults())
                .containsExactlyInAnyOrder(
                        "EMBEDDING_PORT must be a whole number from 1024 to 65535, not '80'",
                        "EMBEDDING_DEVICE must be cpu, cuda or auto, not 'tpu'",
                        "CORS_ORIGINS must be a list that is not empty, not ','");
    }

    @Test
    void namesFaultsOfProcessVariablesBetweenThoseOfSettingsAndPaths() {
        Environment environment =
                new Environment(Map.of("EMBEDDING_DEVICE", "tpu", "EMBEDDING_SETTINGS_FILE", "settings\uFFFD"));

        InvalidEnvironmentException invalid = catchThrowableOfType(
                InvalidEnvironmentException.class,
                () -> EnvironmentSettings.of(environment, List.of("EMBEDDING_LANES must be one or more")));

        assertThat(invalid.faults())
                .satisfiesExactly(
                        fault -> assertThat(fault).startsWith("EMBEDDING_DEVICE "),
                        fault -> assertThat(fault).isEqualTo("EMBEDDING_LANES must be one or more"),
                        fault -> assertThat(fault).startsWith("EMBEDDING_SETTINGS_FILE "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "0", "off", "No"})
    void runsWithoutStoredSettings(String text) {
        assertThat(settings(Map.of("EMBEDDING_USE_DB_SETTINGS", text)).given()).isEmpty();
    }

    @Test
    void storesSettingsInADatabaseOnlyWhenAskedTo() {
        String url = "mysql://user:secret@host/db";

        assertThat(settings(Map.of("EMBEDDING_DB_URL", url)).database()).isEmpty();
        assertThat(settings(Map.of("EMBEDDING_DB_URL", url, "EMBEDDING_USE_DB_SETTINGS", "Yes"))
                        .database())
                .get()
                .hasToString("mysql://host:3306/db");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "perhaps | mysql://user:secret@host/db | | EMBEDDING_USE_DB_SETTINGS must be ",
                "true | | | EMBEDDING_DB_URL must be ",
                "true | postgres://user:secret@host/db | | EMBEDDING_DB_URL must be ",
                "true | mysql://user:secret@host/db | settings.json | EMBEDDING_SETTINGS_FILE must not be set together "
            })
    void namesTheProblemOfTheConfiguredStore(String use, @Nullable String url, @Nullable String file, String fault) {
        Map<String, String> variables = new HashMap<>(Map.of("EMBEDDING_USE_DB_SETTINGS", use));
        if (url != null) {
            variables.put("EMBEDDING_DB_URL", url);
        }
        if (file != null) {
            variables.put("EMBEDDING_SETTINGS_FILE", file);
        }

        InvalidEnvironmentException invalid =
                catchThrowableOfType(InvalidEnvironmentException.class, () -> settings(variables));

        assertThat(invalid.faults())
                .singleElement()
                .asString()
                .startsWith(fault)
                .doesNotContain("secret");
    }

    @Test
    void showsItsSettingsByKey() {
        assertThat(settings(Map.of()).settings().values().byKey().keySet())
                .containsExactlyInAnyOrderElementsOf(Setting.keys());
    }

    private static Path file(Path directory, String content) throws IOException {
        return Files.writeString(directory.resolve(".env"), content);
    }

    private static EnvironmentSettings settings(Map<String, String> variables) {
        return EnvironmentSettings.of(new Environment(variables));
    }
}
