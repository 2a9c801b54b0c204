package dev.embedding.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Quantization of a model's fp32 weights at loading.
 *
 * @param precision the requested one
 * @param recipe name of the procedure; another one gives another vector space
 * @param made the result; empty until it exists
 */
public record Quantization(Precision precision, String recipe, Optional<Made> made) {

    /** Version of the procedure. It changes whenever a code change affects vectors by more than the processor does. */
    private static final String VERSION = "1";

    public static Quantization planned(Precision precision) {
        String kind = precision == Precision.INT8_FINE ? "smoothed-by-token" : "smoothed-dynamic";
        return new Quantization(precision, kind + "-" + VERSION, Optional.empty());
    }

    Quantization with(Made result) {
        return new Quantization(precision, recipe, Optional.of(result));
    }

    /**
     * The quantized model.
     *
     * @param file an ONNX file that the engine runs unchanged
     */
    public record Made(Path file, Fidelity fidelity) {}

    /**
     * Similarity of the quantized model's vectors to those in fp32, on built-in texts.
     *
     * @param minCosine the smallest cosine similarity of a text
     * @param recallAt10 the share of the ten nearest texts that are the same, from 0 to 1
     */
    public record Fidelity(int texts, double minCosine, double meanCosine, double recallAt10) {}
}
