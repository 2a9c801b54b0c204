package dev.embedding.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedModelsTest {

    private static final AllowedModels SOME =
            new AllowedModels(List.of("acme/*", "BAAI/bge-small-en-v1.5", "other/model@v1", "/models/*", "/trees/**"));

    @Test
    void areAllWithoutAPattern() {
        assertThat(AllowedModels.ALL.allow("anything/at-all")).isTrue();
        assertThat(AllowedModels.ALL.allow("/etc")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acme/model",
                "acme/model@main",
                "BAAI/bge-small-en-v1.5",
                "BAAI/bge-small-en-v1.5@0123",
                "other/model@v1",
                "/models/one",
                "/models/one/",
                "/models/../models/one",
                "/models//one",
                "/trees/one/two/three"
            })
    void allowWhatAPatternMatches(String name) {
        assertThat(SOME.allow(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acme",
                "acme/",
                "acme/a/b",
                "acme/..",
                "acme/../etc",
                "acme/./x",
                "acme/@../../etc",
                "ACME/model",
                "evil/acme/model",
                "BAAI/bge-small-en-v1.5x",
                "BAAI/bge-small-en-v1X5",
                "other/model",
                "other/model@v2",
                "/models",
                "/models/one/two",
                "/models/../etc",
                "/models/one/../../etc",
                "/etc",
                "/trees/../etc",
                "../models/one",
                "models/one",
                "\u0000"
            })
    void rejectEverythingElse(String name) {
        assertThat(SOME.allow(name)).isFalse();
    }

    @Test
    void compareARelativeNameAsADirectoryToo() {
        String here = Path.of("").toAbsolutePath().toString();
        AllowedModels ofHere = new AllowedModels(List.of(here + "/models/*"));

        assertThat(ofHere.allow("models/one")).isTrue();
        assertThat(ofHere.allow("./models/one")).isTrue();
        assertThat(ofHere.allow("models/../../one")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"''", "acme/../*", "/models/./*", "acme/[", "'{a'"})
    void rejectInvalidPatterns(String pattern) {
        assertThatThrownBy(() -> new AllowedModels(List.of(pattern))).isInstanceOf(IllegalArgumentException.class);
    }
}
