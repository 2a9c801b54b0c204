package dev.embedding.settings.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelVariablesTest {

    @ParameterizedTest
    @CsvSource({
        "EMBEDDING_MODELS_SMALL_MODEL_NAME, models.small.model_name",
        "EMBEDDING_MODELS_E5_BASE_V2_NORMALIZE, models.e5-base-v2.normalize_embeddings",
        "EMBEDDING_MODELS_MODEL_MODEL_FILE, models.model.model_file",
        "EMBEDDING_MODELS_MODEL_NAME_MODEL_NAME, models.model-name.model_name",
        "EMBEDDING_MODELS_MAX_MAX_BATCH_SIZE, models.max.max_batch_size",
        "EMBEDDING_MODELS_A_LANE_SHARE, models.a.lane_share"
    })
    void theLongestKnownKeyAtTheEndCounts(String variable, String key) {
        assertThat(ModelVariables.key(variable)).map(SettingKey::text).contains(key);
        assertThat(ModelVariables.variable(SettingKey.of(key).orElseThrow())).isEqualTo(variable);
    }

    @Test
    void noKeyEndsWithAnother() {
        List<String> suffixes = Setting.all().stream()
                .filter(Setting::isOfModel)
                .map(ModelVariables::suffix)
                .toList();

        for (String suffix : suffixes) {
            assertThat(suffixes).as(suffix).noneMatch(other -> suffix.endsWith("_" + other));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EMBEDDING_MODELS_X_PORT",
                "EMBEDDING_MODELS_X_SERVICE_HOST",
                "EMBEDDING_MODELS_X_PORT_8001_TCP_ADDR",
                "EMBEDDING_MODELS_X_MODEL_CACHE_DIR",
                "EMBEDDING_MODELS_MODEL_NAME",
                "EMBEDDING_MODELS__MODEL_NAME",
                "EMBEDDING_MODELS_DEFAULT_MODEL_NAME",
                "EMBEDDING_MODELS_small_MODEL_NAME",
                "EMBEDDING_MODELS_X__Y_MODEL_NAME",
                "EMBEDDING_MODELS_X_Y"
            })
    void otherVariablesAreIgnoredWithAWarning(String variable) {
        EnvironmentSettings settings = settings(Map.of(variable, "tcp://10.0.0.1:8001"));

        assertThat(settings.settings().models()).containsOnlyKeys("default");
        assertThat(settings.warnings())
                .singleElement()
                .asString()
                .startsWith(variable + " is ignored: it is no setting of a model");
    }

    @Test
    void aFurtherModelHasDefaultsOfItsOwnAndTheFlatDeviceAndBatchSize() {
        EnvironmentSettings settings = settings(Map.of(
                "EMBEDDING_DEVICE", "cpu",
                "EMBEDDING_MAX_BATCH_SIZE", "7",
                "EMBEDDING_PRECISION", "int8",
                "EMBEDDING_NORMALIZE", "no",
                "EMBEDDING_MODEL_CACHE_DIR", "/cache",
                "EMBEDDING_MODELS_SMALL_MODEL_NAME", "org/small"));

        ModelSettings small =
                Objects.requireNonNull(settings.settings().models().get("small"));
        assertThat(small.get(Setting.MODEL_NAME)).isEqualTo("org/small");
        assertThat(small.get(Setting.DEVICE)).isEqualTo("cpu");
        assertThat(small.get(Setting.MAX_BATCH_SIZE)).isEqualTo(7);
        assertThat(small.get(Setting.MODEL_CACHE_DIR)).isEqualTo("/cache");
        assertThat(small.get(Setting.PRECISION)).isEqualTo("fp32");
        assertThat(small.get(Setting.NORMALIZE_EMBEDDINGS)).isTrue();
        assertThat(settings.given()).contains(new SettingKey("small", Setting.MODEL_NAME));
    }

    @Test
    void readsThemFromTheFileToo(@TempDir Path directory) throws Exception {
        Path file = directory.resolve(".env");
        Files.writeString(
                file,
                "EMBEDDING_MODELS_SMALL_MODEL_NAME=org/small # a comment\nEMBEDDING_MODELS_SMALL_PRECISION=int8\n",
                StandardCharsets.UTF_8);

        EnvironmentSettings settings =
                EnvironmentSettings.of(Environment.read(Map.of("EMBEDDING_MODELS_SMALL_PRECISION", "fp16"), file));

        ModelSettings small =
                Objects.requireNonNull(settings.settings().models().get("small"));
        assertThat(small.get(Setting.MODEL_NAME)).isEqualTo("org/small");
        assertThat(small.get(Setting.PRECISION)).isEqualTo("fp16");
    }

    @Test
    void aBadValueOfANamedModelEndsTheStart() {
        assertThatExceptionOfType(InvalidEnvironmentException.class)
                .isThrownBy(() -> settings(Map.of(
                        "EMBEDDING_MODELS_SMALL_MODEL_NAME", "org/small", "EMBEDDING_MODELS_SMALL_PRECISION", "fp9")))
                .withMessageContaining(
                        "EMBEDDING_MODELS_SMALL_PRECISION must be fp32, fp16, int8 or int8-fine, not 'fp9'");
        assertThatExceptionOfType(InvalidEnvironmentException.class)
                .isThrownBy(() -> settings(Map.of("EMBEDDING_MODELS_SMALL_MODEL_NAME", " ")))
                .withMessageContaining("EMBEDDING_MODELS_SMALL_MODEL_NAME must be");
    }

    @Test
    void aBadValueWithoutAModelIsIgnoredWithAWarning() {
        EnvironmentSettings settings = settings(Map.of("EMBEDDING_MODELS_X_SERVICE_PORT_DEVICE", "8001"));

        assertThat(settings.warnings())
                .containsExactly("EMBEDDING_MODELS_X_SERVICE_PORT_DEVICE is ignored: it must be cpu, cuda or auto, not"
                        + " '8001'");
    }

    @Test
    void aNameOfTwoModelsEndsTheStart() {
        assertThatExceptionOfType(InvalidEnvironmentException.class)
                .isThrownBy(() -> settings(Map.of(
                        "EMBEDDING_MODEL_ALIASES", "fast",
                        "EMBEDDING_MODELS_SMALL_MODEL_NAME", "org/small",
                        "EMBEDDING_MODELS_SMALL_MODEL_ALIASES", "fast,other")))
                .withMessageContaining("EMBEDDING_MODELS_SMALL_MODEL_ALIASES must be free of names of other models: the"
                        + " model default has 'fast' too");
    }

    private static EnvironmentSettings settings(Map<String, String> variables) {
        return EnvironmentSettings.of(new Environment(variables));
    }
}
