package dev.embedding.infer.quantize;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Weights of one product in 8 bits with a scale for each output, symmetric around zero. They are computed and written
 * in blocks of inputs, so that the weights never lie on the heap as a whole.
 */
final class QuantizedWeights {

    private static final float LARGEST = 127;
    private static final int MIDDLE = 128;
    private static final int BLOCK_BYTES = 1 << 20;

    private final WeightedProduct product;
    private final float[] factors;
    private final float[] scales;

    /** @param factors smoothing factor that the weights of each input are multiplied by first */
    QuantizedWeights(WeightedProduct product, float[] factors) {
        this.product = product;
        this.factors = factors;
        this.scales = product.transposed() ? scalesOfRows() : scalesOfColumns();
        for (int output = 0; output < scales.length; output++) {
            scales[output] = Math.max(scales[output] / LARGEST, Float.MIN_NORMAL);
        }
    }

    private float[] scalesOfRows() {
        float[] largest = new float[product.outputs()];
        float[] row = new float[product.inputs()];
        for (int output = 0; output < largest.length; output++) {
            product.weights().read(output, 0, row, row.length);
            for (int input = 0; input < row.length; input++) {
                largest[output] = Math.max(largest[output], Math.abs(row[input] * factors[input]));
            }
        }
        return largest;
    }

    private float[] scalesOfColumns() {
        float[] largest = new float[product.outputs()];
        float[] row = new float[largest.length];
        for (int input = 0; input < factors.length; input++) {
            product.weights().read(input, 0, row, row.length);
            for (int output = 0; output < row.length; output++) {
                largest[output] = Math.max(largest[output], Math.abs(row[output] * factors[input]));
            }
        }
        return largest;
    }

    /** Scales of the outputs. */
    float[] scales() {
        return scales;
    }

    /**
     * Writes the weights, {@code [inputs, outputs]}, from -127 to 127.
     *
     * @param signed whether as signed bytes; otherwise the same numbers around 128
     * @param start where they begin in the file
     */
    void write(WeightsFile file, long start, boolean signed) throws IOException {
        int outputs = product.outputs();
        int inputsOfBlock = Math.min(product.inputs(), Math.max(1, BLOCK_BYTES / outputs));
        byte[] block = new byte[inputsOfBlock * outputs];
        for (int first = 0; first < product.inputs(); first += inputsOfBlock) {
            int count = Math.min(inputsOfBlock, product.inputs() - first);
            if (product.transposed()) {
                fillFromRows(block, first, count);
            } else {
                fillFromColumns(block, first, count);
            }
            if (!signed) {
                shift(block);
            }
            file.write(ByteBuffer.wrap(block, 0, count * outputs), start + (long) first * outputs);
        }
    }

    private void fillFromRows(byte[] block, int first, int count) {
        float[] part = new float[count];
        for (int output = 0; output < scales.length; output++) {
            product.weights().read(output, first, part, count);
            for (int index = 0; index < count; index++) {
                block[index * scales.length + output] = rounded(part[index] * factors[first + index] / scales[output]);
            }
        }
    }

    private void fillFromColumns(byte[] block, int first, int count) {
        float[] row = new float[scales.length];
        for (int index = 0; index < count; index++) {
            product.weights().read(first + index, 0, row, row.length);
            for (int output = 0; output < row.length; output++) {
                block[index * row.length + output] = rounded(row[output] * factors[first + index] / scales[output]);
            }
        }
    }

    private static byte rounded(float weight) {
        return (byte) Math.rint(Math.max(-LARGEST, Math.min(LARGEST, weight)));
    }

    private static void shift(byte[] block) {
        for (int index = 0; index < block.length; index++) {
            block[index] = (byte) (block[index] + MIDDLE);
        }
    }
}
