package dev.embedding.infer.quantize;

/** Cosine similarity of vectors of any length. */
final class Cosine {

    private Cosine() {}

    static double of(float[] one, float[] other) {
        double product = 0;
        double ofOne = 0;
        double ofOther = 0;
        for (int component = 0; component < one.length; component++) {
            product += (double) one[component] * other[component];
            ofOne += (double) one[component] * one[component];
            ofOther += (double) other[component] * other[component];
        }
        return product / Math.sqrt(ofOne * ofOther);
    }
}
