package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxFileSelectionTest {

    private final Path directory;

    OnnxFileSelectionTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FP32 | onnx/model.onnx model.onnx | onnx/model.onnx",
                "FP32 | model.onnx onnx/model_O2.onnx | model.onnx",
                "FP32 | onnx/model_O3.onnx onnx/model_O1.onnx onnx/model_O4.onnx | onnx/model_O1.onnx",
                "FP16 | onnx/model.onnx onnx/model_fp16.onnx onnx/model_O4.onnx | onnx/model_fp16.onnx",
                "FP16 | onnx/model.onnx onnx/model_O4.onnx | onnx/model_O4.onnx",
                "INT8 | onnx/model.onnx onnx/model_int8.onnx onnx/model_quantized.onnx | onnx/model_quantized.onnx",
                "INT8 | onnx/model_quint8_avx2.onnx onnx/model_qint8_avx512_vnni.onnx | onnx/model_qint8_avx512_vnni.onnx",
                "INT8 | model_quantized.onnx onnx/model_int8.onnx | model_quantized.onnx",
                "INT8 | onnx/model.onnx onnx/model_fp16.onnx | made of onnx/model.onnx",
                "INT8_FINE | onnx/model.onnx onnx/model_quantized.onnx | made of onnx/model.onnx",
                "FP32 | onnx/model.onnx 0_Transformer/onnx/model.onnx | 0_Transformer/onnx/model.onnx",
                "INT8 | onnx/model_quantized.onnx 0_Transformer/onnx/model.onnx | onnx/model_quantized.onnx"
            })
    void choosesTheFileOfThePrecision(Precision precision, String files, String chosen) throws IOException {
        create(files);

        assertThat(choose(precision, Optional.empty())).isEqualTo(chosen);
    }

    @Test
    void choosesTheNamedFile() throws IOException {
        create("onnx/model.onnx onnx/model_O3.onnx 0_Transformer/custom.onnx");

        assertThat(choose(Precision.INT8, Optional.of("onnx/model_O3.onnx"))).isEqualTo("onnx/model_O3.onnx");
        assertThat(choose(Precision.FP32, Optional.of("custom.onnx"))).isEqualTo("0_Transformer/custom.onnx");
    }

    @Test
    void saysWhichFilesThereAreWhenTheNamedOneIsMissing() throws IOException {
        create("onnx/model.onnx onnx/b.onnx");

        assertThatThrownBy(() -> choose(Precision.FP32, Optional.of("onnx/a.onnx")))
                .hasMessage("Model some/model: onnx/a.onnx is missing, but model_file asks for it; the model has"
                        + " onnx/b.onnx, onnx/model.onnx");
    }

    @Test
    void saysWhatToSetWhenThereIsNoFileOfThePrecision() throws IOException {
        create("onnx/model_quantized.onnx onnx/model_q4.onnx");

        assertThatThrownBy(() -> choose(Precision.FP32, Optional.empty()))
                .hasMessageContaining("precision fp32")
                .hasMessageContaining("the model has onnx/model_q4.onnx, onnx/model_quantized.onnx")
                .hasMessageContaining("set precision to int8, or set model_file to one of them");
    }

    @ParameterizedTest
    @CsvSource({"INT8, onnx/model_fp16.onnx, fp16", "INT8_FINE, onnx/model_quantized.onnx, int8"})
    void saysWhatIsMissingToQuantize(Precision precision, String there, String remedy) throws IOException {
        create(there);

        assertThatThrownBy(() -> choose(precision, Optional.empty()))
                .hasMessageContaining(
                        "onnx/model.onnx is missing, which precision " + precision.label() + " is made of")
                .hasMessageContaining("set precision to " + remedy);
    }

    @Test
    void saysHowToExportWhenThereIsNoneAtAll() throws IOException {
        create("model.safetensors pytorch_model.bin");

        assertThatThrownBy(() -> choose(Precision.FP32, Optional.empty()))
                .hasMessageContaining("onnx/model.onnx is missing")
                .hasMessageContaining("optimum-cli export onnx --task feature-extraction --model some/model");
    }

    private void create(String names) throws IOException {
        for (String name : names.split(" ")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    private String choose(Precision precision, Optional<String> named) {
        ModelFiles files = new ModelFiles("some/model", new ModelDirectory.Local(directory));
        OnnxFileSelection.Choice choice = new OnnxFileSelection(files, "0_Transformer/")
                .choose(
                        new ModelRequest(
                                "some/model",
                                Optional.empty(),
                                precision,
                                named,
                                Optional.empty(),
                                "",
                                "",
                                InputLimits.NONE),
                        "none is built here");
        return (choice.toQuantize() ? "made of " : "") + choice.file();
    }
}
