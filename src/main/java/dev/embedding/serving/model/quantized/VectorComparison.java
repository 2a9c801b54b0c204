package dev.embedding.serving.model.quantized;

import dev.embedding.model.Quantization.Fidelity;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Compares two models' vectors of the same texts. All vectors have length 1. */
final class VectorComparison {

    private static final int NEAREST = 10;

    private VectorComparison() {}

    static Fidelity between(List<float[]> exact, List<float[]> other) {
        double[] cosines = IntStream.range(0, exact.size())
                .mapToDouble(text -> product(exact.get(text), other.get(text)))
                .toArray();
        double overlap = IntStream.range(0, exact.size())
                .mapToDouble(text -> overlap(nearest(exact, text), nearest(other, text)))
                .average()
                .orElse(0);
        // In a loop, so that a NaN counts as -1.
        double least = 1;
        double sum = 0;
        for (double cosine : cosines) {
            least = Double.isNaN(cosine) ? -1 : Math.min(least, cosine);
            sum += cosine;
        }
        return new Fidelity(exact.size(), least, sum / cosines.length, overlap);
    }

    private static double product(float[] one, float[] other) {
        double product = 0;
        for (int component = 0; component < one.length; component++) {
            product += (double) one[component] * other[component];
        }
        return product;
    }

    private static Set<Integer> nearest(List<float[]> vectors, int text) {
        return IntStream.range(0, vectors.size())
                .filter(other -> other != text)
                .boxed()
                .sorted(Comparator.comparingDouble(other -> -product(vectors.get(text), vectors.get(other))))
                .limit(NEAREST)
                .collect(Collectors.toSet());
    }

    private static double overlap(Set<Integer> one, Set<Integer> other) {
        Set<Integer> both = new HashSet<>(one);
        both.retainAll(other);
        return (double) both.size() / one.size();
    }
}
