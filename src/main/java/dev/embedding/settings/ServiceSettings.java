package dev.embedding.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** All settings that are in force, published whole. */
public record ServiceSettings(
        String host,
        int port,
        String modelName,
        String modelCacheDir,
        String device,
        boolean normalizeEmbeddings,
        int maxBatchSize,
        List<String> corsOrigins) {

    @SuppressWarnings("unchecked") // each key's parser gives the type read here
    static ServiceSettings of(Map<SettingKey, Object> values) {
        return new ServiceSettings(
                value(values, SettingKey.HOST, String.class),
                value(values, SettingKey.PORT, Integer.class),
                value(values, SettingKey.MODEL_NAME, String.class),
                value(values, SettingKey.MODEL_CACHE_DIR, String.class),
                value(values, SettingKey.DEVICE, String.class),
                value(values, SettingKey.NORMALIZE_EMBEDDINGS, Boolean.class),
                value(values, SettingKey.MAX_BATCH_SIZE, Integer.class),
                (List<String>) value(values, SettingKey.CORS_ORIGINS, List.class));
    }

    private static <T> T value(Map<SettingKey, Object> values, SettingKey key, Class<T> type) {
        return type.cast(Objects.requireNonNull(values.get(key)));
    }

    /** The values by key, in the order of the contract. */
    public Map<String, Object> byKey() {
        Map<String, Object> byKey = new LinkedHashMap<>();
        byKey.put(SettingKey.HOST.key(), host);
        byKey.put(SettingKey.PORT.key(), port);
        byKey.put(SettingKey.MODEL_NAME.key(), modelName);
        byKey.put(SettingKey.MODEL_CACHE_DIR.key(), modelCacheDir);
        byKey.put(SettingKey.DEVICE.key(), device);
        byKey.put(SettingKey.NORMALIZE_EMBEDDINGS.key(), normalizeEmbeddings);
        byKey.put(SettingKey.MAX_BATCH_SIZE.key(), maxBatchSize);
        byKey.put(SettingKey.CORS_ORIGINS.key(), corsOrigins);
        return byKey;
    }
}
