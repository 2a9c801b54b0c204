package dev.embedding.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class VectorHeadTest {

    private static final Projection TWO_TO_ONE =
            new Projection(new float[] {3, 4}, new float[] {1}, Activation.IDENTITY, new Projection.NoResidual());

    @Test
    void concatenatesPoolingsBeforeItsSteps() {
        Projection fourToOne = new Projection(
                new float[] {1, 10, 100, 1000}, new float[] {0}, Activation.IDENTITY, new Projection.NoResidual());
        VectorHead head =
                new VectorHead(List.of(Pooling.CLS, Pooling.MEAN), false, new VectorSteps(List.of(fourToOne)));
        FloatBuffer hidden = FloatBuffer.wrap(new float[] {1, 2, 3, 4});

        assertThat(head.apply(hidden, 0, 0, 2, 2)).containsExactly(1 + 20 + 200 + 3000);
    }

    @Test
    void knowsItsDimension() {
        assertThat(head(Pooling.CLS).dimension(2)).isEqualTo(1);
        assertThat(new VectorHead(List.of(Pooling.CLS, Pooling.MAX), false, VectorSteps.NONE).dimension(2))
                .isEqualTo(4);
    }

    @Test
    void rejectsStepsThatTakeOtherDimensions() {
        VectorSteps norm = new VectorSteps(List.of(new LayerNormalization(new float[3], new float[3])));

        assertThatThrownBy(() -> head(Pooling.CLS).dimension(3))
                .hasMessage("a Dense module takes 2 components, but gets 3");
        assertThatThrownBy(() -> norm.dimension(4)).hasMessage("a LayerNorm module takes 3 components, but gets 4");
    }

    @Test
    void readsTheFirstTokenOnlyUnlessSomeAreLeftOut() {
        assertThat(head(Pooling.CLS).readsFirstTokenOnly()).isTrue();
        assertThat(head(Pooling.MEAN).readsFirstTokenOnly()).isFalse();
        assertThat(new VectorHead(List.of(Pooling.CLS), true, VectorSteps.NONE).readsFirstTokenOnly())
                .isFalse();
    }

    private static VectorHead head(Pooling pooling) {
        return new VectorHead(List.of(pooling), false, new VectorSteps(List.of(TWO_TO_ONE)));
    }
}
