package dev.embedding.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

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

    /** The values, in the order of the contract. */
    public Map<SettingKey, Object> values() {
        Map<SettingKey, Object> values = new LinkedHashMap<>();
        values.put(SettingKey.HOST, host);
        values.put(SettingKey.PORT, port);
        values.put(SettingKey.MODEL_NAME, modelName);
        values.put(SettingKey.MODEL_CACHE_DIR, modelCacheDir);
        values.put(SettingKey.DEVICE, device);
        values.put(SettingKey.NORMALIZE_EMBEDDINGS, normalizeEmbeddings);
        values.put(SettingKey.MAX_BATCH_SIZE, maxBatchSize);
        values.put(SettingKey.CORS_ORIGINS, corsOrigins);
        return values;
    }

    /** The values by key, in the order of the contract. */
    public Map<String, Object> byKey() {
        Map<String, Object> byKey = new LinkedHashMap<>();
        values().forEach((key, value) -> byKey.put(key.key(), value));
        return byKey;
    }

    /** The same, with some values taken from others. */
    public ServiceSettings with(ServiceSettings others, Set<SettingKey> keys) {
        Map<SettingKey, Object> values = values();
        keys.forEach(
                key -> values.put(key, Objects.requireNonNull(others.values().get(key))));
        return of(values);
    }
}
