package dev.embedding.infer.quantize;

import dev.embedding.infer.onnx.Tensors;
import java.nio.FloatBuffer;

/**
 * Weights in 8 bits with a scale for each column, symmetric around zero.
 *
 * @param values {@code [rows, columns]}, from -127 to 127
 * @param scales of the columns
 */
record QuantizedWeights(byte[] values, float[] scales) {

    private static final float LARGEST = 127;

    /** @param factors smoothing factor that each row is multiplied by first */
    static QuantizedWeights of(WeightedProduct product, float[] factors) {
        int columns = product.columns();
        FloatBuffer weights = Tensors.floats(product.weights());
        float[] scales = new float[columns];
        float[] row = new float[columns];
        for (float factor : factors) {
            weights.get(row);
            for (int column = 0; column < columns; column++) {
                scales[column] = Math.max(scales[column], Math.abs(row[column] * factor));
            }
        }
        for (int column = 0; column < columns; column++) {
            scales[column] = Math.max(scales[column] / LARGEST, Float.MIN_NORMAL);
        }
        byte[] values = new byte[product.rows() * columns];
        weights.rewind();
        for (int index = 0; index < factors.length; index++) {
            weights.get(row);
            for (int column = 0; column < columns; column++) {
                float weight = row[column] * factors[index] / scales[column];
                values[index * columns + column] = (byte) Math.rint(Math.max(-LARGEST, Math.min(LARGEST, weight)));
            }
        }
        return new QuantizedWeights(values, scales);
    }

    /** The same numbers as unsigned bytes around 128. */
    byte[] shifted() {
        byte[] shifted = new byte[values.length];
        for (int index = 0; index < shifted.length; index++) {
            shifted[index] = (byte) (values[index] + 128);
        }
        return shifted;
    }
}
