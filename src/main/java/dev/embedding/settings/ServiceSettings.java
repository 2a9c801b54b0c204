package dev.embedding.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The settings in force: an immutable snapshot, published as a whole.
 *
 * @param precision of the computation: {@code fp32}, {@code fp16}, {@code int8} or {@code int8-fine}
 * @param modelFile path of the ONNX file inside the model; empty to select it by precision
 * @param pooling the pooling, which overrides the model's files; empty for theirs
 * @param queryPrompt text prepended to queries, for a model without prompts of its own; empty for none
 * @param documentPrompt the same for documents
 * @param modelAliases further names that requests may use for the model
 * @param dimensions dimensions that requests may truncate vectors to; empty for those that the model declares
 * @param requiredSpace fingerprint of the only vector space that may be served
 */
public record ServiceSettings(
        String host,
        int port,
        String modelName,
        String modelCacheDir,
        String device,
        boolean normalizeEmbeddings,
        int maxBatchSize,
        List<String> corsOrigins,
        String precision,
        Optional<String> modelFile,
        Optional<String> pooling,
        String queryPrompt,
        String documentPrompt,
        List<String> modelAliases,
        List<Integer> dimensions,
        Optional<String> requiredSpace) {

    /** Reads an optional setting; an empty text means that it is not set. */
    public ServiceSettings {
        modelFile = modelFile.filter(path -> !path.isEmpty());
        pooling = pooling.filter(mode -> !mode.isEmpty());
        requiredSpace = requiredSpace.filter(fingerprint -> !fingerprint.isEmpty());
        corsOrigins = List.copyOf(corsOrigins);
        modelAliases = List.copyOf(modelAliases);
        dimensions = List.copyOf(dimensions);
    }

    @SuppressWarnings("unchecked") // each key's parser gives the type read here
    public static ServiceSettings of(Map<SettingKey, Object> values) {
        return new ServiceSettings(
                value(values, SettingKey.HOST, String.class),
                value(values, SettingKey.PORT, Integer.class),
                value(values, SettingKey.MODEL_NAME, String.class),
                value(values, SettingKey.MODEL_CACHE_DIR, String.class),
                value(values, SettingKey.DEVICE, String.class),
                value(values, SettingKey.NORMALIZE_EMBEDDINGS, Boolean.class),
                value(values, SettingKey.MAX_BATCH_SIZE, Integer.class),
                (List<String>) value(values, SettingKey.CORS_ORIGINS, List.class),
                value(values, SettingKey.PRECISION, String.class),
                Optional.of(value(values, SettingKey.MODEL_FILE, String.class)),
                Optional.of(value(values, SettingKey.POOLING, String.class)),
                value(values, SettingKey.QUERY_PROMPT, String.class),
                value(values, SettingKey.DOCUMENT_PROMPT, String.class),
                (List<String>) value(values, SettingKey.MODEL_ALIASES, List.class),
                (List<Integer>) value(values, SettingKey.DIMENSIONS, List.class),
                Optional.of(value(values, SettingKey.REQUIRED_SPACE, String.class)));
    }

    private static <T> T value(Map<SettingKey, Object> values, SettingKey key, Class<T> type) {
        return type.cast(Objects.requireNonNull(values.get(key)));
    }

    /**
     * The values as the text of stored rows, in the order of the contract; an optional one that is not set is empty.
     */
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
        values.put(SettingKey.PRECISION, precision);
        values.put(SettingKey.MODEL_FILE, modelFile.orElse(""));
        values.put(SettingKey.POOLING, pooling.orElse(""));
        values.put(SettingKey.QUERY_PROMPT, queryPrompt);
        values.put(SettingKey.DOCUMENT_PROMPT, documentPrompt);
        values.put(SettingKey.MODEL_ALIASES, modelAliases);
        values.put(SettingKey.DIMENSIONS, dimensions);
        values.put(SettingKey.REQUIRED_SPACE, requiredSpace.orElse(""));
        return values;
    }

    /** The values by key, in the order of the contract. */
    public Map<String, Object> byKey() {
        Map<String, Object> byKey = new LinkedHashMap<>();
        values().forEach((key, value) -> byKey.put(key.key(), value));
        return byKey;
    }

    /** These settings, with some values taken from others. */
    public ServiceSettings with(ServiceSettings others, Set<SettingKey> keys) {
        Map<SettingKey, Object> values = values();
        keys.forEach(
                key -> values.put(key, Objects.requireNonNull(others.values().get(key))));
        return of(values);
    }
}
