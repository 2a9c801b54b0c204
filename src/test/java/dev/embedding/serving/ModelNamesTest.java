package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelNamesTest {

    private static final List<String> ALIASES = List.of("text-embedding-3-small", "some-query");

    @ParameterizedTest
    @CsvSource({
        "org/name, org/name",
        "org/name, name",
        "org/name@main, org/name@main",
        "org/name@main, org/name",
        "org/name@main, name",
        "org/name@main, name@main",
        "./my-model, ./my-model",
        "./my-model/, my-model",
        "C:\\models\\mine, mine",
        "org/name, text-embedding-3-small",
        "org/name, some-query"
    })
    void acceptsTheFullNameItsPartsAndTheAliases(String served, String name) {
        assertThat(new ModelNames(served, ALIASES).promptOf(name)).contains(PromptChoice.USUAL);
    }

    @ParameterizedTest
    @CsvSource({
        "name-query, QUERY",
        "org/name-query, QUERY",
        "org/name@main-passage, PASSAGE",
        "text-embedding-3-small-passage, PASSAGE",
        "some-query-query, QUERY"
    })
    void selectsAPromptByTheSuffix(String name, PromptChoice.InputType prompt) {
        assertThat(new ModelNames("org/name@main", ALIASES).promptOf(name)).contains(prompt);
    }

    @ParameterizedTest
    @CsvSource({"ORG/name", "org", "nam", "org/name@other", "''", "-query", "name-document", "name-query-query", "some"
    })
    void rejectsOtherNames(String name) {
        assertThat(new ModelNames("org/name@main", ALIASES).promptOf(name)).isEmpty();
    }

    @Test
    void listsEachNameOnce() {
        assertThat(new ModelNames("a", List.of("b", "a", "b")).listed()).containsExactly("a", "b");
    }
}
