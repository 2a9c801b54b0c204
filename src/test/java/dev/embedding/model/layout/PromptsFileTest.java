package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.Prompts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptsFileTest {

    private final Path directory;

    PromptsFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void hasEmptyPromptsForBothTypesWithoutAnyFile() {
        Prompts prompts = PromptsFile.read(files());

        assertThat(prompts.names()).containsExactly("document", "query");
        assertThat(prompts.named("query")).contains("");
        assertThat(prompts.named("passage")).isEmpty();
        assertThat(prompts.usual()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null", "[]", "{\"prompts\": null}", "{\"prompts\": []}", "{\"default_prompt_name\": null}"})
    void readsFilesWithoutPrompts(String content) throws IOException {
        assertThat(read(content)).isEqualTo(Prompts.NONE);
    }

    @Test
    void readsPromptsAndTheDefault() throws IOException {
        Prompts prompts = read(
                "{'prompts': {'query': 'find: ', 'other': ' x ', 'none': null}," + " 'default_prompt_name': 'other'}");

        assertThat(prompts.usual()).isEqualTo(" x ");
        assertThat(prompts.named("none")).contains("");
        assertThat(prompts.forQueries()).isEqualTo("find: ");
        assertThat(prompts.forDocuments()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'document': 'd ', 'passage': 'p ', 'corpus': 'c '} | d",
                "{'document': '', 'passage': 'p '} | ",
                "{'corpus': 'c ', 'passage': 'p '} | p",
                "{'corpus': 'c '} | c"
            })
    void acceptsTheFirstKnownNameOfADocumentPrompt(String prompts, String expected) throws IOException {
        assertThat(read("{'prompts': " + prompts + "}").forDocuments().strip())
                .isEqualTo(expected == null ? "" : expected);
    }

    @Test
    void rejectsAMissingDefaultPrompt() {
        assertThatThrownBy(() -> read("{'prompts': {'a': 'b'}, 'default_prompt_name': 'c'}"))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("config_sentence_transformers.json names the default prompt c")
                .hasMessageContaining("[a, document, query]");
    }

    @Test
    void acceptsTheOperatorsPromptsOnlyForAModelWithoutAny() throws IOException {
        Prompts own = read("{'prompts': {'passage': 'p '}}");
        Prompts none = read("{'prompts': {'passage': '', 'query': ''}, 'default_prompt_name': 'query'}");

        assertThat(own.orElse("q ", "d ")).isEqualTo(own);
        assertThat(none.orElse("", "")).isEqualTo(none);
        Prompts given = none.orElse("q ", "d ");
        assertThat(given.forQueries()).isEqualTo("q ");
        assertThat(given.forDocuments()).isEqualTo("d ");
        assertThat(given.named("passage")).contains("");
        assertThat(given.usual()).isEmpty();
    }

    private Prompts read(String content) throws IOException {
        Files.writeString(directory.resolve("config_sentence_transformers.json"), content.replace('\'', '"'));
        return PromptsFile.read(files());
    }

    private ModelFiles files() {
        return new ModelFiles("some/model", new ModelDirectory.Local(directory));
    }
}
