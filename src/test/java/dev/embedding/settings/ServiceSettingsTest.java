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
        assertThat(SETTINGS.values().keySet()).containsExactlyInAnyOrder(SettingKey.values());
        assertThat(SETTINGS.byKey())
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
                        Map.entry("model_aliases", List.of()),
                        Map.entry("dimensions", List.of()),
                        Map.entry("required_space", ""));
        assertThat(OTHERS.byKey())
                .containsEntry("model_file", "onnx/model_O3.onnx")
                .containsEntry("pooling", "lasttoken")
                .containsEntry("query_prompt", "query: ")
                .containsEntry("required_space", "0123456789abcdef0123456789abcdef");
    }

    @Test
    void treatsAnEmptyTextOfAnOptionalSettingAsUnset() {
        ServiceSettings settings = new ServiceSettings(
                "0.0.0.0",
                8001,
                "a/model",
                "./model_cache",
                "cpu",
                true,
                32,
                List.of("*"),
                "fp32",
                Optional.of(""),
                Optional.of(""),
                "",
                "",
                List.of(),
                List.of(),
                Optional.of(""));

        assertThat(settings).isEqualTo(SETTINGS);
        assertThat(settings.modelFile()).isEmpty();
        assertThat(settings.pooling()).isEmpty();
        assertThat(settings.requiredSpace()).isEmpty();
    }

    @Test
    void takesSomeValuesFromOthers() {
        assertThat(SETTINGS.with(OTHERS, Set.of())).isEqualTo(SETTINGS);
        assertThat(SETTINGS.with(OTHERS, Set.of(SettingKey.values()))).isEqualTo(OTHERS);
        assertThat(SETTINGS.with(OTHERS, Set.of(SettingKey.MODEL_NAME, SettingKey.PORT)))
                .isEqualTo(new ServiceSettings(
                        "0.0.0.0",
                        9001,
                        "b/model",
                        "./model_cache",
                        "cpu",
                        true,
                        32,
                        List.of("*"),
                        "fp32",
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        "",
                        List.of(),
                        List.of(),
                        Optional.empty()));
    }
}
