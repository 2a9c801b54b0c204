package dev.embedding.settings.environment;

import dev.embedding.settings.QuotedText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a {@code .env} file as python-dotenv 1.2 does: {@code export}, quotes (with escapes inside, over several
 * lines), comments after white space, {@code ${NAME:-default}}. A line that is not an assignment is skipped, unless it
 * has the name of one of the service's variables: starting without a key or a limit could be insecure.
 *
 * @see <a href="https://saurabh-kumar.com/python-dotenv/#file-format">python-dotenv's file format</a>
 */
final class DotEnv {

    /** Python's white space without line feeds, for a character class. */
    private static final String BLANK =
            "\\t\\x0B\\f\\x1C-\\x20\\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";

    private static final Pattern LINE_END_OF_OTHERS = Pattern.compile("\\r\\n?");
    private static final Pattern BLANK_LINES = Pattern.compile("[\\n" + BLANK + "]*+");
    private static final Pattern BLANKS = Pattern.compile("[" + BLANK + "]*+");
    private static final Pattern EXPORT = Pattern.compile("export[" + BLANK + "]++");
    private static final Pattern QUOTED_KEY = Pattern.compile("'([^']+)'");
    private static final Pattern KEY = Pattern.compile("([^=#\\n" + BLANK + "]+)");
    private static final Pattern EQUALS = Pattern.compile("=([" + BLANK + "]*+)");
    private static final Pattern UNQUOTED = Pattern.compile("[^\\n]*+");
    private static final Pattern INLINE_COMMENT = Pattern.compile("[" + BLANK + "]+#.*", Pattern.DOTALL);
    private static final Pattern TRAILING_BLANKS = Pattern.compile("[" + BLANK + "]+\\z");
    private static final Pattern LINE_END = Pattern.compile("[" + BLANK + "]*+(?:#[^\\n]*+)?(?:\\n|\\z)");
    private static final Pattern REST_OF_LINE = Pattern.compile("[^\\n]*+\\n?");
    private static final Pattern OF_THE_SERVICE = Pattern.compile("EMBEDDING_[A-Z_]+|CORS_ORIGINS");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}:]*)(?::-([^}]*))?\\}");

    private final String text;
    private final Matcher input;
    private int position;

    private DotEnv(String text) {
        this.text = text;
        this.input = BLANK_LINES.matcher(text);
    }

    /**
     * The assignments of a file; of equal names the last wins. A name without {@code =} is a variable without a value.
     *
     * @param environment values of variables that the file refers to; they override the file's own
     * @throws InvalidEnvironmentException when a line names a variable of the service and assigns nothing to it
     */
    static Map<String, String> parse(String text, Map<String, String> environment) {
        Map<String, Optional<String>> values = new HashMap<>();
        DotEnv reader = new DotEnv(withPlainLineEnds(text));
        while (reader.hasMore()) {
            int start = reader.position;
            Optional<Assignment> read = reader.assignment();
            if (read.flatMap(Assignment::value).isEmpty()) {
                reader.requireForeign(start);
            }
            read.ifPresent(assignment -> {
                Optional<String> value = assignment.value().map(raw -> substituted(raw, values, environment));
                values.put(assignment.name(), value);
            });
        }
        Map<String, String> given = new HashMap<>();
        values.forEach((name, value) -> value.ifPresent(present -> given.put(name, present)));
        return given;
    }

    private static String withPlainLineEnds(String text) {
        String withoutMark = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return LINE_END_OF_OTHERS.matcher(withoutMark).replaceAll("\n");
    }

    /** @param value empty when there was no {@code =} */
    private record Assignment(String name, Optional<String> value) {}

    private boolean hasMore() {
        take(BLANK_LINES);
        return position < text.length();
    }

    /** Reads up to the end of a line. */
    private Optional<Assignment> assignment() {
        take(EXPORT);
        boolean isComment = isNext('#');
        Optional<Assignment> assignment = isComment ? Optional.empty() : named();
        if ((isComment || assignment.isPresent()) && take(LINE_END).isPresent()) {
            return assignment;
        }
        take(REST_OF_LINE);
        return Optional.empty();
    }

    /** Accepts a line that is a comment, or does not concern the service. */
    private void requireForeign(int start) {
        Matcher name = OF_THE_SERVICE.matcher(text.substring(start, position));
        if (text.charAt(start) != '#' && name.find()) {
            long line = text.substring(0, start).chars().filter(c -> c == '\n').count() + 1;
            throw new InvalidEnvironmentException(
                    List.of(name.group() + " must have a value that can be read in line " + line + " of .env"));
        }
    }

    /** Empty when there is no name, or no readable value after {@code =}. */
    private Optional<Assignment> named() {
        return take(isNext('\'') ? QUOTED_KEY : KEY)
                .map(match -> match.group(1))
                .flatMap(name -> {
                    take(BLANKS);
                    Optional<MatchResult> equals = take(EQUALS);
                    if (equals.isEmpty()) {
                        return Optional.of(new Assignment(name, Optional.empty()));
                    }
                    boolean isComment = isNext('#') && !equals.get().group(1).isEmpty();
                    return (isComment ? Optional.of("") : value())
                            .map(value -> new Assignment(name, Optional.of(value)));
                });
    }

    private Optional<String> value() {
        if (isNext('\'') || isNext('"')) {
            return take(QuotedText.FORM).map(QuotedText::content);
        }
        return take(UNQUOTED).map(match -> {
            String withoutComment = INLINE_COMMENT.matcher(match.group()).replaceFirst("");
            return TRAILING_BLANKS.matcher(withoutComment).replaceFirst("");
        });
    }

    private boolean isNext(char character) {
        return position < text.length() && text.charAt(position) == character;
    }

    private Optional<MatchResult> take(Pattern pattern) {
        input.usePattern(pattern).region(position, input.regionEnd());
        if (!input.lookingAt()) {
            return Optional.empty();
        }
        position = input.end();
        return Optional.of(input.toMatchResult());
    }

    private static String substituted(
            String text, Map<String, Optional<String>> values, Map<String, String> environment) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            String name = match.group(1);
            String otherwise = match.group(2) == null ? "" : match.group(2);
            Optional<String> value = values.getOrDefault(name, Optional.of(otherwise));
            return Matcher.quoteReplacement(environment.getOrDefault(name, value.orElse("")));
        });
    }
}
