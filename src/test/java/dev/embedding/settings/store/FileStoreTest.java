package dev.embedding.settings.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.settings.StoreUnavailableException;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.UnstorableValueException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileStoreTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // filled by JUnit
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"settings.json", "settings.conf"})
    void holdsNothingWithoutAFile(String name) {
        FileStore store = store(name);

        assertThat(rows(store)).isEmpty();
        assertThat(store.source()).isEqualTo("file");
        assertThat(store.isReadOnly()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "# nothing yet\n", "{}", "\uFEFF{ }\n"})
    void holdsNothingInAFileWithoutSettings(String content) throws IOException {
        assertThat(rows(file("settings", content))).isEmpty();
    }

    @Test
    void readsJsonValuesAsTheTextOfARow() throws IOException {
        FileStore store = file("settings", """
                {"max_batch_size": 64, "normalize_embeddings": false, "device": "cpu", "port": null,
                 "cors_origins": ["https://a", "https://b"], "odd": {"a": 1.50}}
                """);

        assertThat(rows(store))
                .containsExactly(
                        row("cors_origins", "[\"https://a\",\"https://b\"]"),
                        row("device", "cpu"),
                        row("max_batch_size", "64"),
                        row("normalize_embeddings", "false"),
                        row("odd", "{\"a\":1.5}"),
                        row("port", null));
    }

    @Test
    void readsLines() throws IOException {
        FileStore store = file("settings", "\uFEFF# ours\r\n\r\n  device =  cpu \r\nmodel_name=a=b # c\nport=\nport=9");

        assertThat(rows(store)).containsExactly(row("device", "cpu"), row("model_name", "a=b # c"), row("port", "9"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '{"device": "cpu",}'    | is no valid JSON at line 1, column 18
            '{"device": "cpu"} x'   | is no valid JSON at line 1
            '{"device":'            | is no valid JSON at line 1
            'device=cpu\n\nnothing' | has no 'key=value' in line 3
            '=cpu'                  | has no 'key=value' in line 1
            """)
    void namesTheProblemAndItsPosition(String content, String reason) throws IOException {
        String fault = fault(file("settings.conf", content.replace("\\n", "\n")));

        assertThat(fault)
                .startsWith("The settings file settings.conf " + reason)
                .doesNotContain("/");
    }

    @Test
    void rejectsBytesThatAreNotText() throws IOException {
        Files.write(directory.resolve("settings"), "device=\u00e4".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(fault(store("settings"))).isEqualTo("The settings file settings is not text in UTF-8");
    }

    @Test
    void rejectsALargeFile() throws IOException {
        assertThat(fault(file("settings", "#".repeat(1_000_001))))
                .isEqualTo("The settings file settings is larger than 1 MB");
    }

    @Test
    void rejectsADirectory() throws IOException {
        Files.createDirectory(directory.resolve("settings"));

        assertThat(fault(store("settings"))).isEqualTo("The settings file settings is no file");
    }

    @Test
    void keepsJsonAsJson() throws IOException {
        FileStore store = file("settings", "{\"unknown\": {\"a\": 1}, \"port\": 1, \"device\": \"cuda\"}");

        write(
                store,
                Map.of(
                        "device", Optional.of("cpu"),
                        "max_batch_size", Optional.of("64"),
                        "cors_origins", Optional.of("[\"https://a\"]"),
                        "model_name", Optional.of("007"),
                        "port", Optional.empty()));

        assertThat(Files.readString(directory.resolve("settings")))
                .contains("\"unknown\" : {", "\"max_batch_size\" : 64", "[ \"https://a\" ]", "\"007\"")
                .doesNotContain("port");
        assertThat(rows(store))
                .contains(row("device", "cpu"), row("max_batch_size", "64"), row("cors_origins", "[\"https://a\"]"))
                .contains(row("model_name", "007"));
    }

    @Test
    void keepsLinesAndTheirComments() throws IOException {
        FileStore store = file("settings", "# ours\r\nport = 1\r\n\r\ndevice=cuda\r\n# end\r\ndevice=auto");

        write(store, Map.of("device", Optional.of("cpu")));
        write(store, Map.of("port", Optional.empty(), "max_batch_size", Optional.of("64")));

        assertThat(Files.readString(directory.resolve("settings")))
                .isEqualTo("# ours\r\n\r\ndevice=cpu\r\n# end\r\nmax_batch_size=64\r\n");
    }

    @ParameterizedTest
    @CsvSource({"settings.json, {", "settings.conf, device=cpu"})
    void createsTheFileInTheFormatOfItsName(String name, String start) throws IOException {
        FileStore store = store(name);

        write(store, Map.of("device", Optional.of("cpu")));

        assertThat(Files.readString(directory.resolve(name))).startsWith(start);
        assertThat(rows(store)).containsExactly(row("device", "cpu"));
    }

    @Test
    void rejectsAValueThatLinesCannotHoldAndChangesNothing() throws IOException {
        FileStore store = file("settings", "device=cpu\n");

        UnstorableValueException refused = catchThrowableOfType(
                UnstorableValueException.class,
                () -> write(store, Map.of("device", Optional.of("auto"), "model_name", Optional.of("a\nb"))));

        assertThat(refused).hasMessage("The settings file cannot hold a value of several lines");
        assertThat(refused.key()).isEqualTo("model_name");
        assertThat(Files.readString(directory.resolve("settings"))).isEqualTo("device=cpu\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"settings.json", "settings.conf"})
    void rejectsALoneSurrogateAndChangesNothing(String name) {
        FileStore store = store(name);

        UnstorableValueException refused = catchThrowableOfType(
                UnstorableValueException.class,
                () -> write(store, Map.of("query_prompt", Optional.of("half \ud83d: "))));

        assertThat(refused.key()).isEqualTo("query_prompt");
        assertThat(rows(store)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("prompts")
    void keepsPromptsWithTheirBlanksInBothForms(String prompt) {
        for (String name : List.of("settings.json", "settings.conf")) {
            FileStore store = store(name);

            write(store, Map.of("query_prompt", Optional.of(prompt), "max_batch_size", Optional.of("7")));

            assertThat(rows(store)).as(name).containsExactly(row("max_batch_size", "7"), row("query_prompt", prompt));
        }
    }

    static Stream<String> prompts() {
        return Stream.of(
                "query: ",
                " \t query:\u00a0",
                "",
                " ",
                "plain",
                "a=b # c",
                "# no comment",
                "\"in quotes\"",
                "\"begun",
                "'in quotes'",
                "it's",
                "back\\slash\\n \\",
                "Instruct: a task\nQuery: ",
                "\r\n\r",
                "\n",
                "null",
                "true",
                "007",
                "1.50",
                "{\"a\":1}",
                "[]",
                "${HOME}",
                "d\u00e9j\u00e0 \ud83d\ude00 ");
    }

    @Test
    void readsPromptsInTheQuotesOfADotEnvFile() throws IOException {
        FileStore store = file("settings", """
                query_prompt = "Instruct:\\tfind \\"it\\"\\nQuery: "
                document_prompt='passage: '
                """);

        assertThat(rows(store))
                .containsExactly(
                        row("document_prompt", "passage: "), row("query_prompt", "Instruct:\tfind \"it\"\nQuery: "));
        assertThat(rows(file("others", "query_prompt=  query:  \nmodel_name=\"a\"\n")))
                .containsExactly(row("model_name", "\"a\""), row("query_prompt", "query:"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"query: ", "'query: \"", "\"query: \" # a blank", "\"query: \\\""})
    void rejectsAPromptWhoseQuotesDoNotEnd(String value) throws IOException {
        assertThat(fault(file("settings", "device=cpu\nquery_prompt=" + value + "\n")))
                .isEqualTo("The settings file settings has a value that begins but does not end with quotes in line 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"settings.json", "settings.conf"})
    void keepsAnEmptyValue(String name) {
        FileStore store = store(name);

        write(store, Map.of("model_file", Optional.of("")));

        assertThat(rows(store)).containsExactly(row("model_file", ""));
    }

    @Test
    void keepsThePermissionsAndLeavesNothingElseBehind() throws IOException {
        FileStore store = file("settings", "device=cuda\n");
        Files.setPosixFilePermissions(directory.resolve("settings"), PosixFilePermissions.fromString("rw-r-----"));

        write(store, Map.of("device", Optional.of("cpu")));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("settings"))))
                .isEqualTo("rw-r-----");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("settings"));
        }
    }

    @Test
    void followsTheLinksOfAMountedConfigMapAndWritesNothingThere() throws IOException {
        Path version = Files.createDirectory(directory.resolve("..2026_11_23"));
        Files.writeString(version.resolve("settings"), "device=cpu\n");
        Files.createSymbolicLink(directory.resolve("..data"), version.getFileName());
        Files.createSymbolicLink(directory.resolve("settings"), Path.of("..data", "settings"));
        FileStore store = store("settings");

        assertThat(rows(store)).containsExactly(row("device", "cpu"));
        assertThat(store.isReadOnly()).isTrue();
        StoreUnavailableException refused = catchThrowableOfType(
                StoreUnavailableException.class, () -> write(store, Map.of("device", Optional.of("auto"))));
        assertThat(refused).hasMessage("The settings file settings cannot be written");
        assertThat(Files.readString(version.resolve("settings"))).isEqualTo("device=cpu\n");
    }

    @Test
    void isReadOnlyInADirectoryThatDoesNotExist() {
        FileStore store = new FileStore(directory.resolve("missing").resolve("settings"), Duration.ofSeconds(30));

        assertThat(store.isReadOnly()).isTrue();
        assertThat(rows(store)).isEmpty();
    }

    @Test
    void isNeverReadHalfWritten() throws IOException {
        FileStore first = file("settings", "device=" + "a".repeat(200_000) + "\nport=1\n");
        FileStore second = store("settings");
        List<CompletableFuture<Void>> writes = IntStream.range(0, 20)
                .mapToObj(i -> (i % 2 == 0 ? first : second)
                        .write(Map.of("device", Optional.of(Integer.toString(i).repeat(100_000))))
                        .subscribeAsCompletionStage())
                .toList();
        CompletableFuture<Void> all = CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new));

        do {
            assertThat(rows(first)).hasSize(2).last().isEqualTo(row("port", "1"));
        } while (!all.isDone());

        all.join();
        assertThat(rows(second)).hasSize(2);
    }

    private FileStore store(String name) {
        return new FileStore(directory.resolve(name), Duration.ofSeconds(30));
    }

    private FileStore file(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
        return store(name);
    }

    private static StoredRow row(String key, @Nullable String value) {
        return new StoredRow(key, value);
    }

    private static List<StoredRow> rows(FileStore store) {
        return store.read().await().indefinitely();
    }

    private static void write(FileStore store, Map<String, Optional<String>> changes) {
        store.write(changes).await().indefinitely();
    }

    private static String fault(FileStore store) {
        return catchThrowableOfType(StoreUnavailableException.class, () -> rows(store))
                .reason();
    }
}
