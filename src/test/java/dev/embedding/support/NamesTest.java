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
}
