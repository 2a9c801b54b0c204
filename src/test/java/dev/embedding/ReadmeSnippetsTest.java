package dev.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.it.clients.OpenAiClientsIT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The programs that README.md and docs/*.md print are parts of those that {@link OpenAiClientsIT} runs. */
class ReadmeSnippetsTest {

    private static final Path CLIENTS = Path.of("src", "test", "clients");
    private static final Pattern PRINTED = Pattern.compile(
            "<!-- (src/test/clients/\\S+) -->\n```\\w+\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern MARKED = Pattern.compile("README: begin\n(.*?)\n *\\S+ README: end$", PRINTED.flags());

    @Test
    void printsWhatIsRun() throws IOException {
        Map<String, String> printed = new TreeMap<>();
        for (Path document : documents()) {
            PRINTED.matcher(Files.readString(document)).results().forEach(block -> {
                assertThat(printed).doesNotContainKey(block.group(1));
                printed.put(block.group(1), block.group(2));
            });
        }

        assertThat(printed).hasSize(6).isEqualTo(marked());
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("docs"))) {
            return Stream.concat(Stream.of(Path.of("README.md")), files)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }

    /** The marked part of each program that has one, without its indentation. */
    private static Map<String, String> marked() throws IOException {
        Map<String, String> parts = new TreeMap<>();
        for (Path program : programs()) {
            MARKED.matcher(Files.readString(program))
                    .results()
                    .forEach(part -> parts.put(program.toString(), part.group(1).stripIndent() + "\n"));
        }
        return parts;
    }

    private static List<Path> programs() throws IOException {
        try (Stream<Path> files = Files.walk(CLIENTS)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
