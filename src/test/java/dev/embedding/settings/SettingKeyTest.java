package dev.embedding.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingKeyTest {

    private static final String LONGEST = "a".repeat(32);

    @Test
    void isTheKeyOfASettingOrThatOfAFurtherModel() {
        assertThat(SettingKey.of("port")).contains(new SettingKey("default", Setting.PORT));
        assertThat(SettingKey.of("models.e5-small.precision")).contains(new SettingKey("e5-small", Setting.PRECISION));
        assertThat(SettingKey.of("models." + LONGEST + ".model_name"))
                .contains(new SettingKey(LONGEST, Setting.MODEL_NAME));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Port",
                "models",
                "models.",
                "models.small",
                "models.small.",
                "models..model_name",
                "models.model_name",
                "models.default.model_name",
                "models.Small.model_name",
                "models.-small.model_name",
                "models.small-.model_name",
                "models.sm--all.model_name",
                "models.sm_all.model_name",
                "models.sm all.model_name",
                "models.klein\u00e9.model_name",
                "models.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.model_name",
                "models.small.port",
                "models.small.host",
                "models.small.cors_origins",
                "models.small.model_cache_dir",
                "models.small.nothing",
                "models.small.model_name.x",
                "models.small.models.small.model_name"
            })
    void otherTextsAreNone(String text) {
        assertThat(SettingKey.of(text)).isEmpty();
    }

    @Test
    void eachKeyIsReadFromItsText() {
        for (Setting<?> setting : Setting.all()) {
            assertThat(SettingKey.of(SettingKey.of(setting).text())).contains(SettingKey.of(setting));
            if (setting.isOfModel()) {
                SettingKey key = new SettingKey("a-1", setting);
                assertThat(key.text()).isEqualTo("models.a-1." + setting.key());
                assertThat(SettingKey.of(key.text())).contains(key);
            }
        }
    }

    @Test
    void aFurtherModelHasNoSettingsOfTheProcess() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SettingKey("small", Setting.PORT));
        assertThatIllegalArgumentException().isThrownBy(() -> new SettingKey("Small", Setting.DEVICE));
    }
}
