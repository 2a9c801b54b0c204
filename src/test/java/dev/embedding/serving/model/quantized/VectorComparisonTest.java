package dev.embedding.serving.model.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.embedding.model.Quantization.Fidelity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VectorComparisonTest {

    @Test
    void findsNoDifferenceBetweenEqualVectors() {
        Fidelity fidelity = VectorComparison.between(circle(30, 0), circle(30, 0));

        assertThat(fidelity.texts()).isEqualTo(30);
        assertThat(fidelity.minCosine()).isEqualTo(1, within(1e-6));
        assertThat(fidelity.recallAt10()).isEqualTo(1);
    }

    @Test
    void keepsNeighboursUnderRotation() {
        Fidelity fidelity = VectorComparison.between(circle(30, 0), circle(30, 0.1));

        assertThat(fidelity.minCosine()).isEqualTo(Math.cos(0.1), within(1e-6));
        assertThat(fidelity.meanCosine()).isEqualTo(Math.cos(0.1), within(1e-6));
        assertThat(fidelity.recallAt10()).isEqualTo(1);
    }

    @Test
    void countsNaNAsTheLowestCosine() {
        List<float[]> broken = circle(30, 0);
        broken.set(7, new float[] {Float.NaN, 0});

        assertThat(VectorComparison.between(circle(30, 0), broken).minCosine()).isEqualTo(-1);
    }

    @Test
    void usesDifferentTextsForComparisonAndCalibration() {
        List<String> compared = BuiltInTexts.COMPARISON.read();

        assertThat(compared).hasSize(100).doesNotHaveDuplicates().noneMatch(String::isBlank);
        assertThat(BuiltInTexts.CALIBRATION.read()).hasSize(60).doesNotContainAnyElementsOf(compared);
    }

    /** Vectors unevenly spread over a third of a circle, so that no two neighbours have the same distance. */
    private static List<float[]> circle(int count, double turned) {
        List<float[]> vectors = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            double angle = turned + 2.0 * index * index / count / count;
            vectors.add(new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
        }
        return vectors;
    }
}
