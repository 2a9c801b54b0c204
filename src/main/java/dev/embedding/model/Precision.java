package dev.embedding.model;

import java.util.List;
import java.util.Locale;

/**
 * Which of the ONNX files that a model ships is served. Every replica must serve the same one, so the choice looks at
 * the model's files only, never at the machine.
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
            "model_uint8.onnx");

    private final List<String> fileNames;

    Precision(String... fileNames) {
        this.fileNames = List.of(fileNames);
    }

    /** Names of such files, the first that a model has is taken. */
    List<String> fileNames() {
        return fileNames;
    }

    /** As in the settings. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
