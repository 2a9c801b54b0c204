package dev.embedding.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServiceSettingsTest {

    private static final ServiceSettings SETTINGS = SampleSettings.ONE;
    private static final ServiceSettings OTHERS = SampleSettings.OTHER;

    @Test
    void hasAValueForEveryKeyInTheOrderOfTheContract() {
        assertThat(SETTINGS.values().settings()).containsExactlyElementsOf(Setting.all());
        assertThat(SETTINGS.values().byKey())
                .containsExactly(
                        Map.entry("host", "0.0.0.0"),
                        Map.entry("port", 8001),
                        Map.entry("model_name", "a/model"),
                        Map.entry("model_cache_dir", "./model_cache"),
                        Map.entry("device", "cpu"),
                        Map.entry("normalize_embeddings", true),
                        Map.entry("max_batch_size", 32),
                        Map.entry("cors_origins", List.of("*")),
                        Map.entry("precision", "fp32"),
                        Map.entry("model_file", ""),
                        Map.entry("pooling", ""),
                        Map.entry("query_prompt", ""),
                        Map.entry("document_prompt", ""),
                        Map.entry("max_input_tokens", 0),
                        Map.entry("model_aliases", List.of()),
                        Map.entry("dimensions", List.of()),
                        Map.entry("required_space", ""),
                        Map.entry("lane_share", 1));
        assertThat(OTHERS.values().byKey())
                .containsEntry("model_file", "onnx/model_O3.onnx")
                .containsEntry("pooling", "lasttoken")
                .containsEntry("query_prompt", "query: ")
                .containsEntry("required_space", "0123456789abcdef0123456789abcdef");
    }

    @Test
    void treatsAnEmptyTextOfAnOptionalSettingAsUnset() {
        ServiceSettings settings = SampleSettings.of(Map.of(
                "model_name", "a/model", "device", "cpu", "model_file", "", "pooling", " ", "required_space", ""));

        assertThat(settings).isEqualTo(SETTINGS);
        assertThat(settings.get(Setting.MODEL_FILE)).isEmpty();
        assertThat(settings.get(Setting.POOLING)).isEmpty();
        assertThat(settings.get(Setting.REQUIRED_SPACE)).isEmpty();
    }

    @Test
    void takesSomeValuesFromOthers() {
        assertThat(SampleSettings.mixed(SETTINGS, OTHERS, Set.of())).isEqualTo(SETTINGS);
        assertThat(SampleSettings.mixed(SETTINGS, OTHERS, Setting.all())).isEqualTo(OTHERS);
        assertThat(SampleSettings.mixed(SETTINGS, OTHERS, Set.of(Setting.MODEL_NAME, Setting.PORT)))
                .isEqualTo(SampleSettings.of(Map.of("port", "9001", "model_name", "b/model", "device", "cpu")));
    }

    @Test
    void hasOneModelWithTheFlatSettingsThatConcernModels() {
        Map<String, ModelSettings> models = OTHERS.models();

        assertThat(models).containsOnly(Map.entry(ServiceSettings.DEFAULT_MODEL, OTHERS.defaultModel()));
        ModelSettings model = OTHERS.defaultModel();
        assertThat(model.get(Setting.MODEL_NAME)).isEqualTo("b/model");
        assertThat(model.get(Setting.MODEL_FILE)).isEqualTo(Optional.of("onnx/model_O3.onnx"));
        assertThat(model.values().settings())
                .contains(Setting.MODEL_CACHE_DIR)
                .doesNotContainAnyElementsOf(List.of(Setting.HOST, Setting.PORT, Setting.CORS_ORIGINS));
    }

    @Test
    void takesTheSettingsOfModelsFromOthers() {
        ServiceSettings settings = SETTINGS.withModels(OTHERS.models());

        assertThat(settings.models()).isEqualTo(OTHERS.models());
        assertThat(settings.get(Setting.PORT)).isEqualTo(8001);
        assertThat(SETTINGS.withModels(Map.of())).isEqualTo(SETTINGS);
    }
}
