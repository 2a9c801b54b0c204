package dev.embedding.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubNameTest {

    @ParameterizedTest
    @CsvSource({
        "BAAI/bge-small-en-v1.5, BAAI/bge-small-en-v1.5, main",
        "bert-base, bert-base, main",
        "org/name@v1.0, org/name, v1.0",
        "org/name@refs/pr/1, org/name, refs/pr/1",
        "org/name@feature/a@b, org/name, feature/a@b",
        "Foo-BAR_foo.bar123@0123456789012345678901234567890123456789, Foo-BAR_foo.bar123,"
                + " 0123456789012345678901234567890123456789"
    })
    void readsRepositoryAndRevision(String text, String repository, String revision) {
        assertThat(HubName.parse(text)).isEqualTo(new HubName(repository, revision));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a/b/c",
                "../name",
                "org/..",
                "org/a..b",
                "org/a--b",
                "a--b",
                "-org/name",
                "org/name-",
                ".org/name",
                "org/name.",
                "org/name.git",
                "org/na me",
                "org/näme",
                "org\\name",
                "/etc/passwd",
                "org/name\n",
                "org/"
            })
    void rejectsNamesThatPythonRejects(String repository) {
        assertThatThrownBy(() -> HubName.parse(repository))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("is not the name of a repository");
    }

    @Test
    void rejectsNamesOfMoreThan96Characters() {
        assertThat(HubName.parse("a".repeat(96) + "/" + "b".repeat(96)).revision())
                .isEqualTo("main");
        assertThatThrownBy(() -> HubName.parse("org/" + "b".repeat(97))).isInstanceOf(HubException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "../main", "a/../../b", "/main", "main/", "a//b", "a b", "a\\b", "a:b", "a\u0000b", "."})
    void rejectsRevisionsThatLeadOutOfTheCache(String revision) {
        assertThatThrownBy(() -> HubName.parse("org/name@" + revision))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("is not a revision of org/name");
    }

    @Test
    void isWrittenWithoutTheDefaultRevision() {
        assertThat(HubName.parse("org/name@main")).hasToString("org/name");
        assertThat(HubName.parse("org/name@v1")).hasToString("org/name@v1");
    }
}
