package dev.embedding.settings;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One setting, and the table of all settings: name, environment variable, default, type, scope, and when a change takes
 * effect. Parsing, validation, {@code supported_keys}, reload plans and the documents follow from the table.
 *
 * <p>Values are text as operators write it; {@link #parse} converts it to the setting's type.
 *
 * @param <T> type of its values: {@link String}, {@link Boolean}, {@link Integer}, a list, or an {@link Optional} text
 */
public final class Setting<T> {

    /** Owner of a setting's value. */
    public enum Scope {
        /** Each model has its own value. */
        MODEL,
        /** The process has one value. */
        PROCESS
    }

    /** Time at which a changed value takes effect. */
    public enum Effect {
        /** When a newly loaded model replaces the running one. */
        RELOAD,
        /** At once, without loading. */
        AT_ONCE,
        /** Never while the process runs: the value is only stored and shown. */
        NEVER
    }

    private static final Map<String, Setting<?>> TABLE = new LinkedHashMap<>();

    public static final Setting<String> HOST = process(
            "host", "EMBEDDING_HOST", "0.0.0.0", SettingType.notBlank("an address that is not blank"), Effect.NEVER);

    public static final Setting<Integer> PORT =
            process("port", "EMBEDDING_PORT", "8001", SettingType.integer(1024, 65535), Effect.NEVER);

    public static final Setting<String> MODEL_NAME = model(
            "model_name",
            "EMBEDDING_MODEL_NAME",
            "BAAI/bge-small-en-v1.5",
            SettingType.notBlank("any name that is not blank"),
            Effect.RELOAD);

    public static final Setting<String> MODEL_CACHE_DIR = process(
            "model_cache_dir",
            "EMBEDDING_MODEL_CACHE_DIR",
            "./model_cache",
            SettingType.notBlank("a directory"),
            Effect.RELOAD);

    public static final Setting<String> DEVICE =
            model("device", "EMBEDDING_DEVICE", "cuda", SettingType.oneOf("cpu", "cuda", "auto"), Effect.RELOAD);

    public static final Setting<Boolean> NORMALIZE_EMBEDDINGS =
            model("normalize_embeddings", "EMBEDDING_NORMALIZE", "true", SettingType.bool(), Effect.AT_ONCE);

    public static final Setting<Integer> MAX_BATCH_SIZE =
            model("max_batch_size", "EMBEDDING_MAX_BATCH_SIZE", "32", SettingType.integer(1, 1024), Effect.AT_ONCE);

    public static final Setting<List<String>> CORS_ORIGINS =
            process("cors_origins", "CORS_ORIGINS", "*", SettingType.texts(), Effect.AT_ONCE);

    /** Precision of the computation. */
    public static final Setting<String> PRECISION = model(
            "precision",
            "EMBEDDING_PRECISION",
            "fp32",
            SettingType.oneOf("fp32", "fp16", "int8", "int8-fine"),
            Effect.RELOAD);

    /** Path of the ONNX file inside the model; empty to select it by precision. */
    public static final Setting<Optional<String>> MODEL_FILE = model(
            "model_file", "EMBEDDING_MODEL_FILE", "", SettingType.optional(SettingType.modelFile()), Effect.RELOAD);

    /** The pooling, which overrides the model's files; empty for theirs. */
    public static final Setting<Optional<String>> POOLING = model(
            "pooling",
            "EMBEDDING_POOLING",
            "",
            SettingType.optional(
                    SettingType.oneOf("cls", "mean", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")),
            Effect.RELOAD);

    /** Text prepended to queries, for a model without prompts of its own; empty for none. */
    public static final Setting<String> QUERY_PROMPT =
            model("query_prompt", "EMBEDDING_QUERY_PROMPT", "", SettingType.prompt(), Effect.RELOAD);

    /** Text prepended to documents, for a model without prompts of its own; empty for none. */
    public static final Setting<String> DOCUMENT_PROMPT =
            model("document_prompt", "EMBEDDING_DOCUMENT_PROMPT", "", SettingType.prompt(), Effect.RELOAD);

    /** Maximum tokens of a text, which may only shorten the model's own; 0 for what fits into memory. */
    public static final Setting<Integer> MAX_INPUT_TOKENS = model(
            "max_input_tokens", "EMBEDDING_MAX_INPUT_TOKENS", "0", SettingType.zeroOr(8, 1_000_000), Effect.RELOAD);

    /** Further names that requests may use for the model. */
    public static final Setting<List<String>> MODEL_ALIASES =
            model("model_aliases", "EMBEDDING_MODEL_ALIASES", "", SettingType.textsOrNone(), Effect.AT_ONCE);

    /** Dimensions that requests may truncate vectors to; empty for those that the model declares. */
    public static final Setting<List<Integer>> DIMENSIONS =
            model("dimensions", "EMBEDDING_DIMENSIONS", "", SettingType.dimensions(), Effect.AT_ONCE);

    /** Fingerprint of the only vector space that may be served; empty for any. */
    public static final Setting<Optional<String>> REQUIRED_SPACE = model(
            "required_space",
            "EMBEDDING_REQUIRED_SPACE",
            "",
            SettingType.optional(SettingType.fingerprint()),
            Effect.AT_ONCE);

    /** Share of lane time beside other models under load. */
    public static final Setting<Integer> LANE_SHARE =
            model("lane_share", "EMBEDDING_LANE_SHARE", "1", SettingType.integer(1, 100), Effect.AT_ONCE);

    private final String key;
    private final String variable;
    private final String defaultText;
    private final SettingType<T> type;
    private final Scope scope;
    private final Effect effect;

    private Setting(String key, String variable, String defaultText, SettingType<T> type, Scope scope, Effect effect) {
        this.key = key;
        this.variable = variable;
        this.defaultText = defaultText;
        this.type = type;
        this.scope = scope;
        this.effect = effect;
    }

    private static <T> Setting<T> model(
            String key, String variable, String defaultText, SettingType<T> type, Effect effect) {
        return inTable(new Setting<>(key, variable, defaultText, type, Scope.MODEL, effect));
    }

    private static <T> Setting<T> process(
            String key, String variable, String defaultText, SettingType<T> type, Effect effect) {
        return inTable(new Setting<>(key, variable, defaultText, type, Scope.PROCESS, effect));
    }

    private static <T> Setting<T> inTable(Setting<T> setting) {
        TABLE.put(setting.key, setting);
        return setting;
    }

    /** All settings, in the order of the table. */
    public static Collection<Setting<?>> all() {
        return Collections.unmodifiableCollection(TABLE.values());
    }

    /** Finds a setting by its key; empty when there is none. */
    public static Optional<Setting<?>> of(String key) {
        return Optional.ofNullable(TABLE.get(key));
    }

    /** Keys of all settings, in alphabetical order. */
    public static List<String> keys() {
        return TABLE.keySet().stream().sorted().toList();
    }

    /** Its name in stored settings and in the API. */
    public String key() {
        return key;
    }

    /** The environment variable that sets it. */
    public String variable() {
        return variable;
    }

    public String defaultText() {
        return defaultText;
    }

    public SettingType<T> type() {
        return type;
    }

    /** The rule for its values, to be read after "must be". */
    public String rule() {
        return type.rule();
    }

    public Effect effect() {
        return effect;
    }

    /** Whether each model has a value of its own. */
    public boolean isOfModel() {
        return scope == Scope.MODEL;
    }

    /** Whether a model is loaded or served in accordance with it. */
    public boolean concernsModels() {
        return scope == Scope.MODEL || effect == Effect.RELOAD;
    }

    /** Whether it may be unset, which an empty text means. */
    public boolean isOptional() {
        return defaultText.isEmpty();
    }

    /**
     * Parses a text to the setting's value.
     *
     * @throws InvalidSettingException when the setting does not accept it
     */
    public T parse(String text) {
        try {
            return type.parser().apply(text);
        } catch (IllegalArgumentException unfit) {
            throw new InvalidSettingException("must be " + rule(), text);
        }
    }

    /** Its key. */
    @Override
    public String toString() {
        return key;
    }
}
