package dev.embedding.model;

import java.util.List;
import java.util.Locale;

/**
 * Number format of the served weights, which chooses an ONNX file or has one quantized. Every replica must serve the
 * same, so the choice looks at the model's files only, never at the machine.
 */
public enum Precision {
    /** 32-bit floating point: the export itself, else a file whose graph was only rearranged. */
    FP32("model.onnx", "model_optimized.onnx", "model_O1.onnx", "model_O2.onnx", "model_O3.onnx"),
    /** 16-bit floating point. */
    FP16("model_fp16.onnx", "model_float16.onnx", "model_O4.onnx"),
    /** 8-bit integers, first as exporters for any machine write them, then as those for certain ones do. */
    INT8(
            "model_quantized.onnx",
            "model_int8.onnx",
            "model_qint8.onnx",
            "model_qint8_avx512_vnni.onnx",
            "model_qint8_avx512.onnx",
            "model_qint8_arm64.onnx",
            "model_quint8_avx2.onnx",
            "model_uint8.onnx"),
    /** 8-bit integers but for what is most sensitive to them. No exporter makes it. */
    INT8_FINE();

    private final List<String> fileNames;

    Precision(String... fileNames) {
        this.fileNames = List.of(fileNames);
    }

    /** Names of such files, the first that a model has is taken. */
    public List<String> fileNames() {
        return fileNames;
    }

    /** Whether it is made of the fp32 file at loading where there is no file of it. */
    public boolean canBeMade() {
        return this == INT8 || this == INT8_FINE;
    }

    /** @throws IllegalArgumentException when there is no precision of that label */
    public static Precision ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** As in the settings. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
