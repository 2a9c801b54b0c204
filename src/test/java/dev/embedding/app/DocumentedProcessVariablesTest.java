package dev.embedding.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks the table of process variables in {@code docs/settings.md} against the mappings. */
class DocumentedProcessVariablesTest {

    private static final Path TABLE = Path.of("docs", "settings.md");
    private static final Pattern ROW = Pattern.compile("^\\| (`EMBEDDING_[^|]+) \\| ([^|]+) \\|.*");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** Read by the settings of the environment, not by a mapping. */
    private static final List<String> OTHERS = List.of("EMBEDDING_USE_DB_SETTINGS", "EMBEDDING_DB_URL");

    @Test
    void hasEveryVariableWithItsDefault() throws IOException {
        Map<String, String> documented = documented();

        documented.keySet().removeAll(OTHERS);
        assertThat(documented).isEqualTo(mapped(documented));
    }

    /** The defaults in the table by variable; a row of several variables has as many defaults, or none. */
    private static Map<String, String> documented() throws IOException {
        Map<String, String> defaults = new TreeMap<>();
        for (String line : Files.readAllLines(TABLE, StandardCharsets.UTF_8)) {
            ROW.matcher(line).results().forEach(row -> {
                List<String> names = codes(row.group(1));
                List<String> values = codes(row.group(2));
                for (int i = 0; i < names.size(); i++) {
                    defaults.put(names.get(i), i < values.size() ? values.get(i) : "");
                }
            });
        }
        return defaults;
    }

    /** The defaults of the mappings by variable; where they have none, what the table says. */
    private static Map<String, String> mapped(Map<String, String> documented) {
        Map<String, String> defaults = new TreeMap<>();
        for (Class<?> mapping : ProcessVariables.MAPPINGS) {
            for (Method member : mapping.getMethods()) {
                String variable = "EMBEDDING_"
                        + ConfigMapping.NamingStrategy.SNAKE_CASE
                                .apply(member.getName())
                                .toUpperCase(Locale.ROOT);
                WithDefault value = member.getAnnotation(WithDefault.class);
                defaults.put(variable, value == null ? documented.getOrDefault(variable, "no row") : value.value());
            }
        }
        return defaults;
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell).results().map(code -> code.group(1)).toList();
    }
}
