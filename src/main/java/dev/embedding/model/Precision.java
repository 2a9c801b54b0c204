package dev.embedding.model;

import java.util.List;
import java.util.Locale;

/**
 * The precision of a served model: it selects one of the ONNX files that a model ships, or how one is quantized at
 * loading. Every replica must serve the same, so the choice depends on the model's files only, never on the machine.
 */
public enum Precision {
    /** 32-bit floating point: the export itself, else a file whose graph was only optimised. */
    FP32("model.onnx", "model_optimized.onnx", "model_O1.onnx", "model_O2.onnx", "model_O3.onnx"),
    /** 16-bit floating point. */
    FP16("model_fp16.onnx", "model_float16.onnx", "model_O4.onnx"),
    /** 8-bit integers: first the files that exporters write for any machine, then those for certain processors. */
    INT8(
            "model_quantized.onnx",
            "model_int8.onnx",
            "model_qint8.onnx",
            "model_qint8_avx512_vnni.onnx",
            "model_qint8_avx512.onnx",
            "model_qint8_arm64.onnx",
            "model_quint8_avx2.onnx",
            "model_uint8.onnx"),
    /** 8-bit integers, except for the most sensitive weights. No exporter writes it. */
    INT8_FINE();

    private final List<String> fileNames;

    Precision(String... fileNames) {
        this.fileNames = List.of(fileNames);
    }

    /** Names of such files; the first that a model has is served. */
    public List<String> fileNames() {
        return fileNames;
    }

    /** Whether the fp32 file is quantized to it at loading where the model ships no such file. */
    public boolean canBeMade() {
        return this == INT8 || this == INT8_FINE;
    }

    /** @throws IllegalArgumentException when there is no precision of that label */
    public static Precision ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** Its name in the settings. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
