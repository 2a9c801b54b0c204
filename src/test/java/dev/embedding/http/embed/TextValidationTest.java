package dev.embedding.http.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.support.Utf8Text;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextValidationTest {

    /** All characters for which Python's {@code str.isspace} is true. */
    private static final int[] SPACES = {
        0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003,
        0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000
    };

    @Test
    void definesWhiteSpaceAsPythonDoes() {
        int[] blank = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(character -> isBlank(Character.toString(character)))
                .toArray();

        assertThat(blank).isEqualTo(SPACES);
    }

    @Test
    void findsOnlyWhiteSpaceBlank() {
        String spaces = Arrays.stream(SPACES)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();

        assertThat(isBlank(spaces)).isTrue();
        assertThat(isBlank(spaces + ".")).isFalse();
        assertThat(isBlank("." + spaces)).isFalse();
    }

    @Test
    void findsAnEmptyTextBlank() {
        assertThat(isBlank("")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " a ", "\0", "\u200B", "\uFEFF", "😀", "\u180E"})
    void findsOtherTextsNotBlank(String text) {
        assertThat(isBlank(text)).isFalse();
    }

    private static boolean isBlank(String text) {
        return TextValidation.isBlank(Utf8Text.of(text));
    }
}
