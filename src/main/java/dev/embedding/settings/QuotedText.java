package dev.embedding.settings;

import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text in quotes, as in {@code .env} files: blanks in it are part of the value, and it may span several lines. */
public final class QuotedText {

    /** Text from one quote to the next of its kind. */
    public static final Pattern FORM =
            Pattern.compile("'((?:\\\\.|[^'\\\\])*+)'|\"((?:\\\\.|[^\"\\\\])*+)\"", Pattern.DOTALL);

    private static final Pattern SINGLE_QUOTE_ESCAPE = Pattern.compile("\\\\[\\\\']");
    private static final Pattern DOUBLE_QUOTE_ESCAPE = Pattern.compile("\\\\[\\\\'\"abfnrtv]");
    private static final int SINGLE = 1;
    private static final int DOUBLE = 2;

    private QuotedText() {}

    /** Whether a text begins with a quote. */
    public static boolean isBegunBy(String text) {
        return text.startsWith("'") || text.startsWith("\"");
    }

    /** The text inside the quotes; empty when the text does not begin and end with them. */
    public static Optional<String> read(String text) {
        Matcher quoted = FORM.matcher(text);
        return quoted.matches() ? Optional.of(content(quoted)) : Optional.empty();
    }

    /** The text in quotes, on one line, which is read as the same text again. */
    public static String write(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + '"';
    }

    /** @param quoted of {@link #FORM} */
    public static String content(MatchResult quoted) {
        return quoted.group(SINGLE) == null
                ? unescaped(quoted.group(DOUBLE), DOUBLE_QUOTE_ESCAPE)
                : unescaped(quoted.group(SINGLE), SINGLE_QUOTE_ESCAPE);
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
}
