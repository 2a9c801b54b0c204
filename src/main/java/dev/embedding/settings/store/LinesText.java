package dev.embedding.settings.store;

import dev.embedding.settings.QuotedText;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.UnstorableValueException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings as lines {@code key=value}; of equal keys the last wins. Blank lines and those that start with {@code #} are
 * comments, which a change preserves. Blanks around a value are not part of it, except inside quotes.
 */
record LinesText(List<String> lines, String lineEnd) implements SettingsText {

    static LinesText of(String text) {
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!isComment(lines.get(i))) {
                requireAssignment(lines.get(i), i + 1);
            }
        }
        return new LinesText(lines, text.contains("\r\n") ? "\r\n" : "\n");
    }

    private static void requireAssignment(String line, int number) {
        if (key(line).isEmpty()) {
            throw new IllegalArgumentException("has no 'key=value' in line " + number);
        }
        String text = text(line);
        if (keepsBlanks(key(line))
                && QuotedText.isBegunBy(text)
                && QuotedText.read(text).isEmpty()) {
            throw new IllegalArgumentException(
                    "has a value that begins but does not end with quotes in line " + number);
        }
    }

    @Override
    public List<StoredRow> rows() {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : lines) {
            if (!isComment(line)) {
                values.put(key(line), value(line));
            }
        }
        return values.entrySet().stream()
                .map(entry -> new StoredRow(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Override
    public String with(Map<String, Optional<String>> changes) {
        List<String> changed = new ArrayList<>(lines);
        changes.forEach((key, value) -> change(changed, key, value.map(text -> line(key, text))));
        return changed.isEmpty() ? "" : String.join(lineEnd, changed) + lineEnd;
    }

    /** The new line replaces the first one with its key; others with that key are removed. */
    private static void change(List<String> lines, String key, Optional<String> line) {
        int first = 0;
        while (first < lines.size()
                && (isComment(lines.get(first)) || !key(lines.get(first)).equals(key))) {
            first++;
        }
        int place = first;
        lines.removeIf(other -> !isComment(other) && key(other).equals(key));
        line.ifPresent(text -> lines.add(place, text));
    }

    private static String line(String key, String value) {
        if (keepsBlanks(key)) {
            return key + "=" + (isPlain(value) ? value : QuotedText.write(value));
        }
        if (value.lines().count() > 1) {
            throw new UnstorableValueException(key, "The settings file cannot hold a value of several lines");
        }
        return key + "=" + value.strip();
    }

    private static boolean isComment(String line) {
        return line.isBlank() || line.stripLeading().startsWith("#");
    }

    private static boolean keepsBlanks(String key) {
        return SettingKey.of(key)
                .filter(known -> known.setting().type().keepsBlanks())
                .isPresent();
    }

    /** Whether the text is read as the same text without quotes. */
    private static boolean isPlain(String value) {
        return value.equals(value.strip()) && value.lines().count() <= 1 && !QuotedText.isBegunBy(value);
    }

    private static String value(String line) {
        String text = text(line);
        return keepsBlanks(key(line)) ? QuotedText.read(text).orElse(text) : text;
    }

    private static String text(String line) {
        return line.substring(line.indexOf('=') + 1).strip();
    }

    /** The key; empty when the line has none. */
    private static String key(String line) {
        return line.substring(0, Math.max(0, line.indexOf('='))).strip();
    }
}
