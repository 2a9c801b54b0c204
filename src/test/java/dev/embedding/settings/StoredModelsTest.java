package dev.embedding.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Further models in stored rows. */
class StoredModelsTest {

    private static final ServiceSettings ENVIRONMENT = SampleSettings.ONE;

    @Test
    void aModelExistsWhenItHasAName() {
        StoredSettings stored = read(
                row("models.a.model_name", "org/a"), row("models.a.precision", "int8"), row("models.b.pooling", "cls"));

        assertThat(stored.settings().models()).containsOnlyKeys("default", "a");
        assertThat(model(stored, "a").get(Setting.PRECISION)).isEqualTo("int8");
        assertThat(stored.faults()).isEmpty();
        assertThat(stored.warnings())
                .containsExactly("The settings of the model b have no effect without models.b.model_name");
    }

    @Test
    void rowsGoBeforeTheEnvironmentAndItBeforeDefaults() {
        ServiceSettings environment = withModel("a", Map.of("model_name", "org/env", "precision", "fp16"));

        StoredSettings stored = StoredSettings.of(
                List.of(row("models.a.model_name", "org/row"), row("device", "auto")),
                environment,
                environment,
                AllowedModels.ALL);

        assertThat(model(stored, "a").get(Setting.MODEL_NAME)).isEqualTo("org/row");
        assertThat(model(stored, "a").get(Setting.PRECISION)).isEqualTo("fp16");
        assertThat(model(stored, "a").get(Setting.DEVICE)).isEqualTo("auto");
        assertThat(model(stored, "a").get(Setting.POOLING)).isEmpty();
    }

    @Test
    void aBadValueIsAFaultOfThatModelOnly() {
        ServiceSettings lastGood = withModel("a", Map.of("model_name", "org/a", "precision", "int8"));

        StoredSettings stored = StoredSettings.of(
                List.of(
                        row("models.a.model_name", "org/a"),
                        row("models.a.precision", "fp9"),
                        row("models.b.model_name", "org/b"),
                        row("max_batch_size", "8")),
                ENVIRONMENT,
                lastGood,
                AllowedModels.ALL);

        assertThat(model(stored, "a").get(Setting.PRECISION)).as("last good").isEqualTo("int8");
        assertThat(stored.settings().models()).containsKey("b");
        assertThat(stored.settings().get(Setting.MAX_BATCH_SIZE)).isEqualTo(8);
        assertThat(stored.faultsOf("default")).isEmpty();
        assertThat(stored.faultsOf("b")).isEmpty();
        assertThat(stored.faultsOf("a"))
                .containsExactly("models.a.precision must be fp32, fp16, int8 or int8-fine, not 'fp9'");
    }

    @Test
    void aModelWithABadValueAndNoLastGoodOneIsLeftOut() {
        StoredSettings stored = read(
                row("models.a.model_name", "org/a"),
                row("models.a.precision", "fp9"),
                row("models.b.model_name", null));

        assertThat(stored.settings().models()).containsOnlyKeys("default");
        assertThat(stored.faults())
                .extracting(StoredSettings.Fault::key)
                .map(SettingKey::text)
                .containsExactly("models.a.precision", "models.b.model_name");
        assertThat(stored.warnings()).isEmpty();
    }

    @Test
    void namesThatTwoModelsHaveAreFaultsOfTheLater() {
        StoredSettings stored = read(
                row("model_aliases", "fast,b"),
                row("models.a.model_name", "org/a"),
                row("models.a.model_aliases", "fast,own,default"),
                row("models.b.model_name", "org/b"),
                row("models.b.model_aliases", "a,mine"));

        assertThat(stored.settings().get(Setting.MODEL_ALIASES)).containsExactly("fast", "b");
        assertThat(model(stored, "a").get(Setting.MODEL_ALIASES)).containsExactly("own");
        assertThat(model(stored, "b").get(Setting.MODEL_ALIASES)).containsExactly("mine");
        assertThat(stored.faultsOf("default")).isEmpty();
        assertThat(stored.faultsOf("a"))
                .containsExactly("models.a.model_aliases must be free of names of other models: the model default has"
                        + " 'default' too");
        assertThat(stored.faultsOf("b")).hasSize(2);
    }

    @Test
    void onlyAllowedModelsMayBeNamed() {
        StoredSettings stored = StoredSettings.of(
                List.of(row("models.a.model_name", "other/a"), row("models.b.model_name", "org/b")),
                ENVIRONMENT,
                ENVIRONMENT,
                new AllowedModels(List.of("org/*")));

        assertThat(stored.settings().models()).containsOnlyKeys("default", "b");
        assertThat(stored.faultsOf("a"))
                .containsExactly("models.a.model_name must be one of EMBEDDING_ALLOWED_MODELS (org/*), not 'other/a'");
    }

    @Test
    void anIdThatIsNoneIsAnUnknownKey() {
        assertThat(read(row("models.A.model_name", "x"), row("models.default.model_name", "x"))
                        .warnings())
                .hasSize(2)
                .allSatisfy(warning -> assertThat(warning).endsWith("is no setting; its row is ignored"));
    }

    @Test
    void theHashOfAModelIsOfItsRows() {
        List<StoredRow> rows =
                List.of(row("port", "9001"), row("models.a.model_name", "x"), row("models.ab.model_name", "y"));

        assertThat(StoredSettings.contentHash(rows, "a"))
                .isEqualTo(StoredSettings.contentHash(List.of(row("models.a.model_name", "x"))));
    }

    private static StoredSettings read(StoredRow... rows) {
        return StoredSettings.of(List.of(rows), ENVIRONMENT, ENVIRONMENT, AllowedModels.ALL);
    }

    private static StoredRow row(String key, @Nullable String value) {
        return new StoredRow(key, value);
    }

    private static ModelSettings model(StoredSettings stored, String id) {
        return Objects.requireNonNull(stored.settings().models().get(id));
    }

    private static ServiceSettings withModel(String id, Map<String, String> texts) {
        SettingValues.Builder values = SettingValues.NONE.toBuilder();
        texts.forEach((key, text) -> values.parse(Setting.of(key).orElseThrow(), text));
        return new ServiceSettings(ENVIRONMENT.values(), Map.of(id, values.build()));
    }
}
