package dev.embedding.infer.quantize;

/**
 * Moves the difficulty of quantizing from a multiplication's input to its weights: each component of the input is
 * divided by a factor, and the row of the weights multiplied by it, which changes nothing in exact numbers.
 *
 * @see <a href="https://arxiv.org/abs/2211.10438">SmoothQuant</a>
 */
final class Smoothing {

    /** Share of the difficulty that is moved (alpha in the paper). */
    private static final double STRENGTH = 0.7;

    /** Smallest value, for components that are always zero. */
    private static final double LEAST = 1e-5;

    private Smoothing() {}

    /**
     * Returns a factor for each component, rounded to one of two in an octave: the last bits of a measurement differ
     * between kinds of processors.
     *
     * @param largestInputs largest absolute value of each component
     * @param largestWeights largest absolute weight of each row
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
