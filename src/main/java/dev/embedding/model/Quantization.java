package dev.embedding.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Quantization of a model's fp32 weights at load time.
 *
 * @param precision that is requested
 * @param recipe names how it is made; another one gives another vector space
 * @param made empty until it is
 */
public record Quantization(Precision precision, String recipe, Optional<Made> made) {

    /** Changes whenever something in the making changes vectors by more than processors do. */
    private static final String VERSION = "1";

    public static Quantization planned(Precision precision) {
        String kind = precision == Precision.INT8_FINE ? "smoothed-by-token" : "smoothed-dynamic";
        return new Quantization(precision, kind + "-" + VERSION, Optional.empty());
    }

    Quantization with(Made result) {
        return new Quantization(precision, recipe, Optional.of(result));
    }

    /**
     * The result.
     *
     * @param file an ONNX file to be run as it is
     */
    public record Made(Path file, Fidelity fidelity) {}

    /**
     * Similarity of the quantized model's vectors to those in fp32, on built-in texts.
     *
     * @param minCosine of the text that fares worst
     * @param recallAt10 the part of the ten nearest texts that are the same, from 0 to 1
     */
    public record Fidelity(int texts, double minCosine, double meanCosine, double recallAt10) {}
}
