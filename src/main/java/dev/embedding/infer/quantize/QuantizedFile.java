package dev.embedding.infer.quantize;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A quantized model on disk: two files beside each other, whose contents follow from the source alone.
 *
 * @param graph an ONNX file, which names the other one
 * @param weights its external data, named by its hash
 * @param sha256OfWeights 64 hexadecimal digits
 */
public record QuantizedFile(Path graph, Path weights, String sha256OfWeights) {

    private static final Pattern HASH = Pattern.compile("([0-9a-f]{16})[0-9a-f]{48}");

    /** The name of the file of weights. */
    public static String nameOfWeights(String sha256) {
        Matcher hash = HASH.matcher(sha256);
        if (!hash.matches()) {
            throw new IllegalArgumentException("The hash is invalid");
        }
        return "weights-" + hash.group(1) + ".bin";
    }
}
