package dev.embedding.support;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {

    @ParameterizedTest
    @CsvSource({"onnx/model.onnx, model.onnx", "model.onnx, model.onnx", "C:\\models\\bge, bge", "org/, ''"})
    void takesTheLastPartOfAPath(String path, String last) {
        assertThat(Names.lastPart(path)).isEqualTo(last);
    }

    @Test
    void putsTextOnOneLine() {
        assertThat(Names.onOneLine("a\r\nb\u0007c")).isEqualTo("a  b c");
    }

    @Test
    void abbreviatesANameForAMessage() {
        assertThat(Names.abbreviated("a".repeat(100))).isEqualTo("a".repeat(100));
        assertThat(Names.abbreviated("a".repeat(1 << 20))).isEqualTo("a".repeat(100) + "…");
        assertThat(Names.abbreviated("a\u0000b\nc\u001bd")).isEqualTo("a b c d");
    }

    @Test
    void abbreviatesToWholeCharactersThatUtf8CanEncode() {
        assertThat(Names.abbreviated("ab😀c", 3)).isEqualTo("ab…");
        assertThat(Names.abbreviated("ab😀c", 4)).isEqualTo("ab😀…");
        assertThat(Names.abbreviated("\ud800x\udc00")).isEqualTo("?x?");
        assertThat(Names.abbreviated("a\ud83dbcd", 2)).isEqualTo("a…");
    }
}
