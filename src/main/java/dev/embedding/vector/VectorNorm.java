package dev.embedding.vector;

/** Computes the length of vectors, and checks that they are finite. */
public final class VectorNorm {

    /** The smallest length that is divided by, as in PyTorch's {@code functional.normalize}. */
    public static final double EPSILON = 1e-12;

    private VectorNorm() {}

    /** Scales the vector in place to Euclidean length 1; a zero vector stays zero. */
    public static void normalize(float[] vector) {
        double length = Math.max(length(vector), EPSILON);
        for (int component = 0; component < vector.length; component++) {
            vector[component] = (float) (vector[component] / length);
        }
    }

    public static double length(float[] vector) {
        double squares = 0;
        for (float component : vector) {
            squares += (double) component * component;
        }
        return Math.sqrt(squares);
    }

    public static boolean isFinite(float[] vector) {
        for (float component : vector) {
            if (!Float.isFinite(component)) {
                return false;
            }
        }
        return true;
    }
}
