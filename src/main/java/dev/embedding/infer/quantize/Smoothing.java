package dev.embedding.infer.quantize;

/**
 * Moves the difficulty of quantizing from what a multiplication reads to its weights: each component of the input is
 * divided by a factor, and the row of the weights multiplied by it, which changes nothing in exact numbers.
 *
 * @see <a href="https://arxiv.org/abs/2211.10438">SmoothQuant</a>
 */
final class Smoothing {

    /** How much of the difficulty is moved. */
    private static final double STRENGTH = 0.7;

    /** Of components that are always zero. */
    private static final double LEAST = 1e-5;

    private Smoothing() {}

    /**
     * A factor for each component, rounded to one of two in an octave: the last bits of what was measured differ from one
     * kind of processor to another.
     *
     * @param largestInputs absolute, of each component
     * @param largestWeights absolute, of each row
     */
    static float[] factors(float[] largestInputs, float[] largestWeights) {
        float[] factors = new float[largestInputs.length];
        for (int component = 0; component < factors.length; component++) {
            double input = Math.max(LEAST, largestInputs[component]);
            double weight = Math.max(LEAST, largestWeights[component]);
            factors[component] = rounded(StrictMath.pow(input, STRENGTH) / StrictMath.pow(weight, 1 - STRENGTH));
        }
        return factors;
    }

    private static float rounded(double factor) {
        double octave = Math.scalb(1.0, Math.getExponent(factor));
        return (float) (octave * Math.rint(factor / octave * 2) / 2);
    }

    static float[] inverse(float[] factors) {
        float[] inverse = new float[factors.length];
        for (int component = 0; component < inverse.length; component++) {
            inverse[component] = 1 / factors[component];
        }
        return inverse;
    }
}
