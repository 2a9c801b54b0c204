package dev.embedding.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one table of settings: name, environment variable, default, rule. Parsing, validation, {@code supported_keys} and
 * the documents follow from it.
 *
 * <p>Values are text as operators write it; {@link #parse} converts it to the setting's type.
 */
public enum SettingKey {
    MODEL_NAME("EMBEDDING_MODEL_NAME", "BAAI/bge-small-en-v1.5", "any name that is not blank", Values::notBlank),
    DEVICE("EMBEDDING_DEVICE", "cuda", "cpu, cuda or auto", Values.oneOf("cpu", "cuda", "auto")),
    MODEL_CACHE_DIR("EMBEDDING_MODEL_CACHE_DIR", "./model_cache", "a directory", Values::notBlank),
    NORMALIZE_EMBEDDINGS("EMBEDDING_NORMALIZE", "true", "1, true, yes, on or 0, false, no, off", Values::parseBoolean),
    MAX_BATCH_SIZE("EMBEDDING_MAX_BATCH_SIZE", "32", "a whole number from 1 to 1024", Values.integer(1, 1024)),
    PRECISION(
            "EMBEDDING_PRECISION",
            "fp32",
            "fp32, fp16, int8 or int8-fine",
            Values.oneOf("fp32", "fp16", "int8", "int8-fine")),
    MODEL_FILE(
            "EMBEDDING_MODEL_FILE",
            "",
            "empty, or a path inside the model that ends in .onnx, as onnx/model.onnx",
            Values::modelFile),
    POOLING(
            "EMBEDDING_POOLING",
            "",
            "empty, or cls, mean, max, mean_sqrt_len_tokens, weightedmean or lasttoken",
            Values.oneOf("", "cls", "mean", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")),
    QUERY_PROMPT("EMBEDDING_QUERY_PROMPT", "", Values.PROMPT_RULE, Values::prompt),
    DOCUMENT_PROMPT("EMBEDDING_DOCUMENT_PROMPT", "", Values.PROMPT_RULE, Values::prompt),
    MODEL_ALIASES("EMBEDDING_MODEL_ALIASES", "", "empty, or a list of names", Values::optionalList),
    DIMENSIONS("EMBEDDING_DIMENSIONS", "", "empty, or a list of whole numbers from 1 to 65536", Values::numbers),
    REQUIRED_SPACE(
            "EMBEDDING_REQUIRED_SPACE",
            "",
            "empty, or a fingerprint as /model/info shows it: 32 digits of 0-9a-f",
            Values::fingerprint),
    CORS_ORIGINS("CORS_ORIGINS", "*", "a list that is not empty", Values::list),
    HOST("EMBEDDING_HOST", "0.0.0.0", "an address that is not blank", Values::notBlank),
    PORT("EMBEDDING_PORT", "8001", "a whole number from 1024 to 65535", Values.integer(1024, 65535));

    private static final Map<String, SettingKey> BY_KEY =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(SettingKey::key, setting -> setting));

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

    /** The rule for its values, to be read after "must be". */
    public String rule() {
        return rule;
    }

    /** Whether it may be unset, which an empty text means. */
    public boolean isOptional() {
        return defaultText.isEmpty();
    }

    /** Whether it is a list of numbers. */
    public boolean listsNumbers() {
        return this == DIMENSIONS;
    }

    /** Whether blanks around its text are part of it. */
    public boolean keepsBlanks() {
        return this == QUERY_PROMPT || this == DOCUMENT_PROMPT;
    }

    /**
     * Parses a text to the setting's value: a {@link String}, {@link Boolean}, {@link Integer}, or a list of strings or
     * integers.
     *
     * @throws InvalidSettingException when the setting does not accept it
     */
    public Object parse(String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException unfit) {
            throw new InvalidSettingException("must be " + rule, text);
        }
    }

    /** A value of this setting as the text of a stored row. */
    public static String text(Object value) {
        return value instanceof List<?> items ? TextList.text(items) : value.toString();
    }

    /** Finds a setting by its key; empty when there is none. */
    public static Optional<SettingKey> of(String key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }

    /** Keys of all settings, in alphabetical order. */
    public static List<String> keys() {
        return BY_KEY.keySet().stream().sorted().toList();
    }

    /** Parsers of a setting's text; each throws {@link IllegalArgumentException} for a text that it does not accept. */
    private static final class Values {
        static final String PROMPT_RULE =
                "any text without U+FFFD, which stands for bytes that could not be read as text";

        private static final int MOST_DIMENSIONS = 65_536;
        private static final Set<String> TRUE = Set.of("1", "true", "yes", "on");
        private static final Set<String> FALSE = Set.of("0", "false", "no", "off");
        private static final Pattern MODEL_FILE_FORM =
                Pattern.compile("[^/\\\\:\\p{Cntrl}]+(?:/[^/\\\\:\\p{Cntrl}]+)*\\.onnx");
        private static final Pattern FINGERPRINT_FORM = Pattern.compile("[0-9a-f]{32}");

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

        static Object optionalList(String text) {
            return TextList.parse(text);
        }

        /** Numbers separated by commas, with or without brackets; the result is ascending, without duplicates. */
        static Object numbers(String text) {
            String stripped = text.strip();
            boolean bracketed = stripped.startsWith("[") && stripped.endsWith("]");
            String items = (bracketed ? stripped.substring(1, stripped.length() - 1) : stripped).strip();
            if (items.isEmpty()) {
                return List.of();
            }
            return Stream.of(items.split(",", -1))
                    .map(integer(1, MOST_DIMENSIONS))
                    .distinct()
                    .sorted()
                    .toList();
        }

        static Object list(String text) {
            List<String> items = TextList.parse(text);
            require(!items.isEmpty());
            return items;
        }

        /** A path inside the model, without anything that leads out of it on any system. */
        static Object modelFile(String text) {
            String path = text.strip();
            require(path.isEmpty() || MODEL_FILE_FORM.matcher(path).matches());
            require(!List.of(path.split("/", -1)).contains(".."));
            return path;
        }

        /** Rejects a text that was read with the wrong encoding, which would silently change the vector space. */
        static Object prompt(String text) {
            require(text.indexOf('\uFFFD') < 0);
            return text;
        }

        static Object fingerprint(String text) {
            String fingerprint = text.strip();
            require(fingerprint.isEmpty()
                    || FINGERPRINT_FORM.matcher(fingerprint).matches());
            return fingerprint;
        }

        private static void require(boolean fits) {
            if (!fits) {
                throw new IllegalArgumentException();
            }
        }
    }
}
