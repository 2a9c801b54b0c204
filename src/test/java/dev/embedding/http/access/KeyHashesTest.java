package dev.embedding.http.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.support.config.UnfitSecretException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyHashesTest {

    @Test
    void parsesKeysByCommaAndLineAndSkipsComments() {
        KeyHashes keys = KeyHashes.ofLines("\uFEFF# keys of team a\r\none, two,\n\n   # b,c\n\tthr#ee \n,\n#");

        assertThat(keys.size()).isEqualTo(3);
        for (String key : new String[] {"one", "two", "thr#ee"}) {
            assertThat(keys.idOf(key)).as(key).isPresent();
        }
        for (String word : new String[] {"#", "keys", "of", "team", "a", "b", "c", "# b", "", " one"}) {
            assertThat(keys.idOf(word)).as(word).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "key # of team a", "kéy", "key\u0000", "key\u00a0", "a,#b", "a,b c"})
    void rejectsAFileWithAnInvalidKey(String line) {
        assertThatThrownBy(() -> KeyHashes.ofLines("good\n" + line + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line 2: ")
                .hasMessageNotContaining(line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "#", "# none", "a,#b"})
    void rejectsAListWithAnInvalidKey(String list) {
        assertThatThrownBy(() -> KeyHashes.of(list)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void convertsTheKeysOfAVariable() {
        KeyHashes keys = new KeyHashes.OfVariable().convert(" one,, two# ,");

        assertThat(keys.size()).isEqualTo(2);
        assertThat(keys.idOf("two#")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "#none", "a,#b", "k\u00e9y", "a,b$c", "a\\b", " , "})
    void doesNotShowAVariableThatIsNoListOfKeys(String list) {
        assertThatThrownBy(() -> new KeyHashes.OfVariable().convert(list))
                .isInstanceOf(UnfitSecretException.class)
                .hasMessageNotContaining(list)
                .hasNoCause();
    }

    @Test
    void identifiesAKeyByTheBeginningOfItsHash() {
        // printf %s admin | sha256sum
        assertThat(KeyHashes.of("x,admin").idOf("admin")).hasValue("8c6976e5");
    }
}
