package dev.embedding.settings;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The one table of settings: name, environment variable, default, rule. Parsing, validation, {@code supported_keys} and
 * the documents follow from it.
 *
 * <p>Values are text as people write them; {@link #parse} turns them into the setting's type.
 */
public enum SettingKey {
    MODEL_NAME("EMBEDDING_MODEL_NAME", "BAAI/bge-small-en-v1.5", "any name that is not blank", Values::notBlank),
    DEVICE("EMBEDDING_DEVICE", "cuda", "cpu, cuda or auto", Values.oneOf("cpu", "cuda", "auto")),
    MODEL_CACHE_DIR("EMBEDDING_MODEL_CACHE_DIR", "./model_cache", "a directory", Values::notBlank),
    NORMALIZE_EMBEDDINGS("EMBEDDING_NORMALIZE", "true", "1, true, yes, on or 0, false, no, off", Values::parseBoolean),
    MAX_BATCH_SIZE("EMBEDDING_MAX_BATCH_SIZE", "32", "a whole number from 1 to 1024", Values.integer(1, 1024)),
    CORS_ORIGINS("CORS_ORIGINS", "*", "a list that is not empty", Values::list),
    HOST("EMBEDDING_HOST", "0.0.0.0", "an address that is not blank", Values::notBlank),
    PORT("EMBEDDING_PORT", "8001", "a whole number from 1024 to 65535", Values.integer(1024, 65535));

    private final String variable;
    private final String defaultText;
    private final String rule;
    private final Function<String, Object> parser;

    SettingKey(String variable, String defaultText, String rule, Function<String, Object> parser) {
        this.variable = variable;
        this.defaultText = defaultText;
        this.rule = rule;
        this.parser = parser;
    }

    /** Its name in stored settings and in the API. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The environment variable that sets it. */
    public String variable() {
        return variable;
    }

    public String defaultText() {
        return defaultText;
    }

    /** What it takes, to be read after "must be". */
    public String rule() {
        return rule;
    }

    /**
     * The value that a text means: a {@link String}, {@link Boolean}, {@link Integer} or list of strings.
     *
     * @throws InvalidSettingException when the setting does not take it
     */
    public Object parse(String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException unfit) {
            throw new InvalidSettingException("must be " + rule, text);
        }
    }

    /** A value of this setting as a row holds it. */
    public static String text(Object value) {
        return value instanceof List<?> items ? TextList.text(items) : value.toString();
    }

    /** The setting of a name; empty when there is none. */
    public static Optional<SettingKey> of(String key) {
        return java.util.Arrays.stream(values())
                .filter(setting -> setting.key().equals(key))
                .findFirst();
    }

    /** Names of all settings, in alphabetical order. */
    public static List<String> keys() {
        return java.util.Arrays.stream(values()).map(SettingKey::key).sorted().toList();
    }

    /** Parsers of a setting's text; each throws {@link IllegalArgumentException} for what it does not take. */
    private static final class Values {
        private static final Set<String> TRUE = Set.of("1", "true", "yes", "on");
        private static final Set<String> FALSE = Set.of("0", "false", "no", "off");

        static Object notBlank(String text) {
            require(!text.isBlank());
            return text.strip();
        }

        static Function<String, Object> oneOf(String... choices) {
            return text -> {
                String value = text.strip().toLowerCase(Locale.ROOT);
                require(List.of(choices).contains(value));
                return value;
            };
        }

        static Object parseBoolean(String text) {
            String value = text.strip().toLowerCase(Locale.ROOT);
            require(TRUE.contains(value) || FALSE.contains(value));
            return TRUE.contains(value);
        }

        static Function<String, Object> integer(int least, int most) {
            return text -> {
                int value = Integer.parseInt(text.strip());
                require(value >= least && value <= most);
                return value;
            };
        }

        static Object list(String text) {
            List<String> items = TextList.parse(text);
            require(!items.isEmpty());
            return items;
        }

        private static void require(boolean fits) {
            if (!fits) {
                throw new IllegalArgumentException();
            }
        }
    }
}
