package dev.embedding.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks the table of settings in {@code docs/settings.md} against the code. */
class DocumentedSettingsTest {

    private static final Path TABLE = Path.of("docs", "settings.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `(\\w+)` \\| `(\\w+)` \\| (\\w+) \\| (?:`([^`]+)`|–) \\|.*");

    @Test
    void hasARowForEachSettingInTheirOrder() throws IOException {
        List<String> rows = Files.readAllLines(TABLE, StandardCharsets.UTF_8).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> String.join(
                        " ", row.group(1), row.group(2), row.group(3), Objects.requireNonNullElse(row.group(4), "")))
                .toList();

        assertThat(rows)
                .isEqualTo(Setting.all().stream()
                        .map(key -> String.join(" ", key.key(), key.variable(), typeOf(key), key.defaultText()))
                        .toList());
    }

    private static String typeOf(Setting<?> setting) {
        return switch (setting.type().form()) {
            case TEXT -> "string";
            case BOOLEAN -> "bool";
            case INTEGER -> "int";
            case TEXT_LIST, INTEGER_LIST -> "list";
        };
    }
}
