package dev.embedding.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a {@code .env} file as python-dotenv does: {@code export}, quotes (with escapes inside, over several lines),
 * comments behind white space, {@code ${NAME:-default}}. A line that is no assignment is skipped.
 *
 * @see <a href="https://saurabh-kumar.com/python-dotenv/#file-format">python-dotenv's file format</a>
 */
final class DotEnv {

    private static final Pattern BLANK_LINES = Pattern.compile("\\s*", Pattern.MULTILINE);
    private static final Pattern EXPORT = Pattern.compile("(?:export[^\\S\\r\\n]+)?");
    private static final Pattern QUOTED_KEY = Pattern.compile("'([^']+)'");
    private static final Pattern KEY = Pattern.compile("([^=#\\s]+)");
    private static final Pattern EQUALS = Pattern.compile("[^\\S\\r\\n]*(=[^\\S\\r\\n]*)?");
    private static final Pattern SINGLE_QUOTED = Pattern.compile("'((?:\\\\'|[^'])*+)'");
    private static final Pattern DOUBLE_QUOTED = Pattern.compile("\"((?:\\\\\"|[^\"])*+)\"");
    private static final Pattern UNQUOTED = Pattern.compile("[^\\r\\n]*");
    private static final Pattern INLINE_COMMENT = Pattern.compile("\\s+#.*");
    private static final Pattern LINE_END = Pattern.compile("[^\\S\\r\\n]*(?:#[^\\r\\n]*)?(?:\\r\\n|\\n|\\r|$)");
    private static final Pattern REST_OF_LINE = Pattern.compile("[^\\r\\n]*(?:\\r\\n|\\n|\\r)?");
    private static final Pattern SINGLE_QUOTE_ESCAPE = Pattern.compile("\\\\[\\\\']");
    private static final Pattern DOUBLE_QUOTE_ESCAPE = Pattern.compile("\\\\[\\\\'\"abfnrtv]");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}:]*)(?::-([^}]*))?\\}");

    private final Matcher input;
    private int position;

    private DotEnv(String text) {
        this.input = BLANK_LINES.matcher(text);
    }

    /**
     * The assignments of a file in their order; of equal names the last wins.
     *
     * @param environment values of variables that the file refers to; they win over the file's own
     */
    static Map<String, String> parse(String text, Map<String, String> environment) {
        Map<String, String> values = new LinkedHashMap<>();
        DotEnv reader = new DotEnv(text);
        while (reader.position < text.length()) {
            reader.take(BLANK_LINES);
            reader.assignment()
                    .ifPresent(assignment ->
                            values.put(assignment.name(), substituted(assignment.value(), name -> Optional.ofNullable(
                                            environment.get(name))
                                    .or(() -> Optional.ofNullable(values.get(name))))));
        }
        return values;
    }

    private record Assignment(String name, String value) {}

    private Optional<Assignment> assignment() {
        if (take(LINE_END).isPresent()) {
            return Optional.empty();
        }
        take(EXPORT);
        Optional<String> name = take(QUOTED_KEY).or(() -> take(KEY)).map(match -> match.group(1));
        boolean hasValue = name.isPresent()
                && take(EQUALS).filter(match -> match.group(1) != null).isPresent();
        Optional<String> value = hasValue ? Optional.of(value()) : Optional.empty();
        if (take(LINE_END).isEmpty()) {
            take(REST_OF_LINE);
            return Optional.empty();
        }
        return name.flatMap(found -> value.map(text -> new Assignment(found, text)));
    }

    private String value() {
        return take(SINGLE_QUOTED)
                .map(match -> unescaped(match.group(1), SINGLE_QUOTE_ESCAPE))
                .or(() -> take(DOUBLE_QUOTED).map(match -> unescaped(match.group(1), DOUBLE_QUOTE_ESCAPE)))
                .orElseGet(() -> INLINE_COMMENT
                        .matcher(take(UNQUOTED).orElseThrow().group())
                        .replaceFirst("")
                        .stripTrailing());
    }

    private Optional<MatchResult> take(Pattern pattern) {
        input.usePattern(pattern).region(position, input.regionEnd());
        if (!input.lookingAt()) {
            return Optional.empty();
        }
        position = input.end();
        return Optional.of(input.toMatchResult());
    }

    private static String unescaped(String text, Pattern escape) {
        return escape.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        String.valueOf(character(match.group().charAt(1)))));
    }

    private static char character(char escaped) {
        return switch (escaped) {
            case 'a' -> '\u0007';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> '\u000B';
            default -> escaped;
        };
    }

    private static String substituted(String text, Function<String, Optional<String>> values) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            String otherwise = match.group(2) == null ? "" : match.group(2);
            return Matcher.quoteReplacement(values.apply(match.group(1)).orElse(otherwise));
        });
    }
}
