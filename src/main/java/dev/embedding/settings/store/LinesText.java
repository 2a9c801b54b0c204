package dev.embedding.settings.store;

import dev.embedding.settings.StoredRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings as lines {@code key=value}; of equal keys the last wins. Blank lines and those that start with {@code #} are
 * comments, which a change keeps.
 */
record LinesText(List<String> lines, String lineEnd) implements SettingsText {

    static LinesText of(String text) {
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!isComment(lines.get(i)) && key(lines.get(i)).isEmpty()) {
                throw new IllegalArgumentException("has no 'key=value' in line " + (i + 1));
            }
        }
        return new LinesText(lines, text.contains("\r\n") ? "\r\n" : "\n");
    }

    @Override
    public List<StoredRow> rows() {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : lines) {
            if (!isComment(line)) {
                values.put(key(line), line.substring(line.indexOf('=') + 1).strip());
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

    /** The new line takes the place of the first one with its key; the others go. */
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
        if (value.lines().count() > 1) {
            throw new IllegalArgumentException("cannot hold a value of several lines");
        }
        return key + "=" + value.strip();
    }

    private static boolean isComment(String line) {
        return line.isBlank() || line.stripLeading().startsWith("#");
    }

    /** Empty when the line has none. */
    private static String key(String line) {
        return line.substring(0, Math.max(0, line.indexOf('='))).strip();
    }
}
