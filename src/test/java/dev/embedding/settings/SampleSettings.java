package dev.embedding.settings;

import java.util.Collection;
import java.util.Map;

/** Sample settings for comparisons. */
public final class SampleSettings {

    /** The default settings, except for the model and its device. */
    public static final ServiceSettings ONE = of(Map.of("model_name", "a/model", "device", "cpu"));

    /** Settings that all differ from the defaults. */
    public static final ServiceSettings OTHER = of(Map.ofEntries(
            Map.entry("host", "127.0.0.1"),
            Map.entry("port", "9001"),
            Map.entry("model_name", "b/model"),
            Map.entry("model_cache_dir", "./cache"),
            Map.entry("device", "auto"),
            Map.entry("normalize_embeddings", "false"),
            Map.entry("max_batch_size", "64"),
            Map.entry("cors_origins", "https://a"),
            Map.entry("precision", "int8"),
            Map.entry("model_file", "onnx/model_O3.onnx"),
            Map.entry("pooling", "lasttoken"),
            Map.entry("query_prompt", "query: "),
            Map.entry("document_prompt", "passage: "),
            Map.entry("max_input_tokens", "256"),
            Map.entry("model_aliases", "b,text-embedding-3-small"),
            Map.entry("dimensions", "128,256"),
            Map.entry("lane_share", "4"),
            Map.entry("required_space", "0123456789abcdef0123456789abcdef")));

    private SampleSettings() {}

    /** Settings, some of whose values are taken from others. */
    public static ServiceSettings mixed(
            ServiceSettings settings, ServiceSettings others, Collection<Setting<?>> ofOthers) {
        return new ServiceSettings(settings.values().with(others.values(), ofOthers));
    }

    /**
     * The default settings, except for these.
     *
     * @param texts by key
     */
    public static ServiceSettings of(Map<String, String> texts) {
        SettingValues.Builder values = SettingValues.DEFAULTS.toBuilder();
        texts.forEach((key, text) -> values.parse(Setting.of(key).orElseThrow(), text));
        return new ServiceSettings(values.build());
    }
}
