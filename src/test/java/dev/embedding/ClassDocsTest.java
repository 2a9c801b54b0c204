package dev.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** First words of class docs: each defines its class, by a noun phrase or a third-person verb. */
class ClassDocsTest {

    private static final Path SOURCES = Path.of("src/main/java");

    private static final Set<String> RIDDLES = Set.of(
            "what", "how", "which", "whether", "where", "why", "when", "who", "that", "something", "of", "as", "told");

    /** Arguments of an annotation, up to three levels of parentheses deep. */
    private static final String ARGUMENTS = parentheses(parentheses(parentheses("")));

    private static final Pattern DOCUMENTED_TYPE = Pattern.compile(
            "/\\*\\*\\s*(?:\\*\\s*)?(?<first>[^\\s,.:;]+)(?:(?!\\*/).)*\\*/\\s*"
                    + "(?:@\\w+(?:" + ARGUMENTS + ")?\\s+(?://[^\n]*\\s+)?)*"
                    + "(?:(?:public|protected|private|static|final|abstract|sealed|non-sealed)\\s+)*"
                    + "(?:class|interface|record|enum|@interface)\\s+(?<name>\\w+)",
            Pattern.DOTALL);

    private static final Pattern TOP_LEVEL_TYPE = Pattern.compile(
            "^(?:(?:public|final|abstract|sealed|non-sealed)\\s+)*(?:class|interface|record|enum)\\s+(?<name>\\w+)",
            Pattern.MULTILINE);

    @Test
    void defineTheClass() {
        List<String> riddles = sources()
                .flatMap(source -> DOCUMENTED_TYPE
                        .matcher(source)
                        .results()
                        .filter(type -> RIDDLES.contains(type.group(1).toLowerCase(Locale.ROOT)))
                        .map(type -> type.group(2) + ": " + type.group(1) + " …"))
                .toList();

        assertThat(riddles).isEmpty();
    }

    @Test
    void existForEveryTopLevelType() {
        List<String> undocumented = sources()
                .flatMap(source -> TOP_LEVEL_TYPE
                        .matcher(source)
                        .results()
                        .map(type -> type.group(1))
                        .filter(name -> DOCUMENTED_TYPE
                                .matcher(source)
                                .results()
                                .noneMatch(type -> type.group(2).equals(name))))
                .toList();

        assertThat(undocumented).isEmpty();
    }

    private static String parentheses(String inner) {
        return "\\((?:[^()\"]|\"[^\"]*\"" + (inner.isEmpty() ? "" : "|" + inner) + ")*+\\)";
    }

    private static Stream<String> sources() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .map(ClassDocsTest::text)
                    .toList()
                    .stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
