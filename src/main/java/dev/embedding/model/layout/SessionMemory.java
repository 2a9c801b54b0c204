package dev.embedding.model.layout;

import dev.embedding.model.file.OnnxOutputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Estimates of the memory, in bytes, that opening a session takes at its peak. The factors were measured; the engine
 * copies the weights of matrix products into another order, and reads tables where they lie wherever it can.
 */
final class SessionMemory {

    /** Of the graph, the engine's own state and the tokenizer. */
    private static final long FIXED = 40L << 20;

    /** An ONNX file that holds its weights is read as a whole, and freed step by step. */
    private static final double OF_FILE = 1.12;

    /** The same in half precision, which the engine converts to 32-bit floats first. */
    private static final double OF_HALF_PRECISION_FILE = 3.2;

    /** Quantizing: sessions in fp32 follow each other, the larger one with several runs at a time. */
    private static final double OF_QUANTIZED = 1.1;

    private static final long RUNS_OF_QUANTIZED = 100L << 20;

    private SessionMemory() {}

    /** @param copied bytes of weights that the engine copies */
    static long ofBuilt(long copied) {
        return FIXED + copied;
    }

    /** @param unquantized estimate for the same model in floats */
    static long ofQuantized(long unquantized) {
        return (long) (OF_QUANTIZED * unquantized) + RUNS_OF_QUANTIZED;
    }

    /** Of a table that is mapped. */
    static long ofTable() {
        return FIXED;
    }

    /**
     * Of an ONNX file, with its external data.
     *
     * @param weights the ONNX file, and then those with external data
     */
    static long ofExport(List<Path> weights, String precision, OnnxOutputs graph) {
        long bytes = weights.stream().mapToLong(SessionMemory::size).sum();
        if (precision.equals("fp16")) {
            return FIXED + (long) (OF_HALF_PRECISION_FILE * bytes);
        }
        return weights.size() > 1 ? FIXED + Math.max(0, bytes - graph.tableBytes()) : FIXED + (long) (OF_FILE * bytes);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
