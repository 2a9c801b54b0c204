package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.embedding.serving.ModelChoice.ModelName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelTableTest {

    private final Map<String, ModelSlot> slots = new HashMap<>();

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
        "org/name, some-query",
        "org/name, default",
        "org/name, Org/NAME",
        "org/name, NAME:latest",
        "org/name, name:LATEST"
    })
    void aNameIsTheFullOneOrItsPartsOrAnAliasOrTheIdInAnyCase(String served, String name) {
        configure("default", served, "text-embedding-3-small", "some-query");

        assertThat(table().named(name)).map(ModelTable.Match::prompt).contains(PromptChoice.USUAL);
    }

    @ParameterizedTest
    @CsvSource({
        "name-query, QUERY",
        "org/name-query, QUERY",
        "org/name@main-passage, PASSAGE",
        "text-embedding-3-small-passage, PASSAGE",
        "some-query-query, QUERY",
        "Name-Query, QUERY",
        "default-passage, PASSAGE",
        "name-query:latest, QUERY"
    })
    void aSuffixSelectsAPrompt(String name, PromptChoice.InputType prompt) {
        configure("default", "org/name@main", "text-embedding-3-small", "some-query");

        assertThat(table().named(name)).map(ModelTable.Match::prompt).contains(prompt);
    }

    @ParameterizedTest
    @CsvSource({
        "org",
        "nam",
        "org/name@other",
        "''",
        "-query",
        ":latest",
        "name-document",
        "name-query-query",
        "some",
        "name:1.5"
    })
    void otherNamesAreUnknown(String name) {
        configure("default", "org/name@main", "text-embedding-3-small", "some-query");

        assertThat(table().named(name)).isEmpty();
    }

    @Test
    void ofACommonNameTheHigherRankIsMeantThenTheDefaultThenTheFirstById() {
        configure("default", "a/small");
        configure("b", "b/model", "model-of-all");
        configure("c", "c/model", "a/model");
        configure("small", "a/model");
        configure("z", "x/model-of-all");

        assertThat(idOf("small")).as("id before last part").isEqualTo("small");
        assertThat(idOf("a/small")).isEqualTo("default");
        assertThat(idOf("a/model")).as("alias before name").isEqualTo("c");
        assertThat(idOf("model")).as("first by id").isEqualTo("b");
        assertThat(idOf("model-of-all")).as("alias before last part").isEqualTo("b");
        assertThat(idOf("SMALL")).as("the same in any case").isEqualTo("small");
        assertThat(idOf("small-query")).as("without the suffix").isEqualTo("small");
    }

    @Test
    void aNameAsItIsGoesBeforeItsSuffix() {
        configure("default", "org/name");
        configure("name-query", "org/other");

        assertThat(idOf("name-query")).isEqualTo("name-query");
        assertThat(table().named("name-query")).map(ModelTable.Match::prompt).contains(PromptChoice.USUAL);
    }

    @Test
    void listsIdsOfFurtherModelsThenNamesAndAliasesEachOnce() {
        configure("default", "org/name", "alias", "org/name");
        configure("small", "org/small", "alias-of-small");
        configure("twin", "org/name");

        assertThat(table().listed().keySet())
                .containsExactly("org/name", "alias", "small", "org/small", "alias-of-small", "twin");
        assertThat(table().listed())
                .extractingByKey("org/name")
                .extracting(ModelSlot::id)
                .isEqualTo("default");
    }

    @Test
    void beforeAnyModelIsConfiguredThereIsNone() {
        assertRefused(FailureKind.NO_MODEL, named("anything", false));
        assertRefused(FailureKind.NO_MODEL, ModelChoice.DEFAULT);
    }

    @Test
    void anUnknownNameIsIgnoredOnlyWhereThatIsAllowedAndTheDefaultIsAlone() {
        configure("default", "org/name");
        assertRefused(FailureKind.UNKNOWN_MODEL, named("other", false));
        assertRefused(FailureKind.NO_MODEL, named("other", true));

        configure("small", "org/small");
        assertRefused(FailureKind.UNKNOWN_MODEL, named("other", true));
    }

    @Test
    void aConfiguredModelThatIsNotLoadedIsNotReplacedByAnother() {
        configure("default", "org/name");
        configure("small", "org/small");

        assertThatExceptionOfType(RequestFailure.class)
                .isThrownBy(() -> table().chosen(named("small", true)))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.NO_MODEL))
                .withMessageContaining("The model small is not loaded");
    }

    @Test
    void aBlankNameIsNone() {
        assertThat(named(" ", false).name()).isEmpty();
    }

    private void configure(String id, String modelName, String... aliases) {
        ServingOptions options = new ServingOptions(true, List.of(aliases), List.of());
        slots.put(id, new ModelSlot(id, modelName, options, Optional.empty()));
    }

    private ModelTable table() {
        return ModelTable.of("default", slots);
    }

    private String idOf(String name) {
        return table().named(name).orElseThrow().slot().id();
    }

    private static ModelChoice named(String name, boolean ignoredAlone) {
        return new ModelChoice(Optional.of(new ModelName(name, ignoredAlone)), Optional.empty());
    }

    private void assertRefused(FailureKind kind, ModelChoice choice) {
        assertThatExceptionOfType(RequestFailure.class)
                .isThrownBy(() -> table().chosen(choice))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(kind));
    }
}
