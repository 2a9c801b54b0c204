package dev.embedding.settings;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Type of a setting: the rule for its values and their conversion from and to text.
 *
 * @param rule the rule, to be read after "must be"
 * @param form JSON type of its values
 * @param parser converts a text as operators write it; throws {@link IllegalArgumentException} for a text that breaks
 *     the rule
 * @param keepsBlanks whether blanks around a text are part of the value
 */
public record SettingType<T>(String rule, Form form, Function<String, T> parser, boolean keepsBlanks) {

    /** JSON type of a setting's values. */
    public enum Form {
        TEXT,
        BOOLEAN,
        INTEGER,
        TEXT_LIST,
        INTEGER_LIST;

        /** Whether it is a list. */
        public boolean isList() {
            return this == TEXT_LIST || this == INTEGER_LIST;
        }
    }

    private static final int MAX_DIMENSION = 65_536;
    private static final Set<String> TRUE = Set.of("1", "true", "yes", "on");
    private static final Set<String> FALSE = Set.of("0", "false", "no", "off");
    private static final Pattern MODEL_FILE_FORM =
            Pattern.compile("[^/\\\\:\\p{Cntrl}]+(?:/[^/\\\\:\\p{Cntrl}]+)*\\.onnx");
    private static final Pattern FINGERPRINT_FORM = Pattern.compile("[0-9a-f]{32}");

    private static <T> SettingType<T> of(String rule, Form form, Function<String, T> parser) {
        return new SettingType<>(rule, form, parser, false);
    }

    /** A text that is not blank, without the blanks around it. */
    static SettingType<String> notBlank(String rule) {
        return of(rule, Form.TEXT, text -> {
            require(!text.isBlank());
            return text.strip();
        });
    }

    /** One of some words, in any case. */
    static SettingType<String> oneOf(String... choices) {
        List<String> words = List.of(choices);
        int last = words.size() - 1;
        String rule = String.join(", ", words.subList(0, last)) + " or " + words.get(last);
        return of(rule, Form.TEXT, text -> {
            String value = text.strip().toLowerCase(Locale.ROOT);
            require(words.contains(value));
            return value;
        });
    }

    static SettingType<Boolean> bool() {
        return of("1, true, yes, on or 0, false, no, off", Form.BOOLEAN, text -> {
            String value = text.strip().toLowerCase(Locale.ROOT);
            require(TRUE.contains(value) || FALSE.contains(value));
            return TRUE.contains(value);
        });
    }

    static SettingType<Integer> integer(int min, int max) {
        return of("a whole number from " + min + " to " + max, Form.INTEGER, text -> {
            int value = Integer.parseInt(text.strip());
            require(value >= min && value <= max);
            return value;
        });
    }

    static SettingType<Integer> zeroOr(int min, int max) {
        return of("0 or a whole number from " + min + " to " + max, Form.INTEGER, text -> {
            int value = Integer.parseInt(text.strip());
            require(value == 0 || value >= min && value <= max);
            return value;
        });
    }

    /** At least one text, as JSON or separated by commas. */
    static SettingType<List<String>> texts() {
        return of("a list that is not empty", Form.TEXT_LIST, text -> {
            List<String> items = TextList.parse(text);
            require(!items.isEmpty());
            return items;
        });
    }

    static SettingType<List<String>> textsOrNone() {
        return of("empty, or a list of names", Form.TEXT_LIST, TextList::parse);
    }

    /** Numbers separated by commas, with or without brackets; the result is ascending, without duplicates. */
    static SettingType<List<Integer>> dimensions() {
        SettingType<Integer> dimension = integer(1, MAX_DIMENSION);
        return of("empty, or a list of whole numbers from 1 to " + MAX_DIMENSION, Form.INTEGER_LIST, text -> {
            String stripped = text.strip();
            boolean bracketed = stripped.startsWith("[") && stripped.endsWith("]");
            String items = (bracketed ? stripped.substring(1, stripped.length() - 1) : stripped).strip();
            return items.isEmpty()
                    ? List.of()
                    : Stream.of(items.split(",", -1))
                            .map(dimension.parser())
                            .distinct()
                            .sorted()
                            .toList();
        });
    }

    /** A path inside the model, without anything that leads out of it on any system. */
    static SettingType<String> modelFile() {
        return of("a path inside the model that ends in .onnx, as onnx/model.onnx", Form.TEXT, text -> {
            String path = text.strip();
            require(MODEL_FILE_FORM.matcher(path).matches());
            require(!List.of(path.split("/", -1)).contains(".."));
            return path;
        });
    }

    /** Rejects a text that was read with the wrong encoding, which would silently change the vector space. */
    static SettingType<String> prompt() {
        String rule = "any text without U+FFFD, which stands for bytes that could not be read as text";
        return new SettingType<>(
                rule,
                Form.TEXT,
                text -> {
                    require(text.indexOf('\uFFFD') < 0);
                    return text;
                },
                true);
    }

    static SettingType<String> fingerprint() {
        return of("a fingerprint as /model/info shows it: 32 digits of 0-9a-f", Form.TEXT, text -> {
            String fingerprint = text.strip();
            require(FINGERPRINT_FORM.matcher(fingerprint).matches());
            return fingerprint;
        });
    }

    /** The same, or unset, which a blank text means. */
    static SettingType<Optional<String>> optional(SettingType<String> type) {
        return of(
                "empty, or " + type.rule(),
                type.form(),
                text -> text.isBlank()
                        ? Optional.empty()
                        : Optional.of(type.parser().apply(text)));
    }

    private static void require(boolean fits) {
        if (!fits) {
            throw new IllegalArgumentException();
        }
    }
}
