package dev.embedding.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextListTest {

    @Test
    void splitsAtCommas() {
        assertThat(TextList.parse("https://a,https://b")).containsExactly("https://a", "https://b");
    }

    @Test
    void ignoresBlanksAndEmptyItems() {
        assertThat(TextList.parse(" a ,, b , ")).containsExactly("a", "b");
    }

    @Test
    void readsJson() {
        assertThat(TextList.parse(" [\"https://a\", \"b,c\"] ")).containsExactly("https://a", "b,c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", " , ", "[]", "[\"\", \" \"]"})
    void isEmptyForAnEmptyText(String text) {
        assertThat(TextList.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[",
                "[a]",
                "[\"a\"",
                "[\"a\",]",
                "[1]",
                "[null]",
                "[\"a\", null]",
                "[[\"a\"]]",
                "[true]",
                "[\"a\"] b"
            })
    void rejectsInvalidJsonLists(String text) {
        assertThatThrownBy(() -> TextList.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
