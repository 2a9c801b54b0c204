package dev.embedding.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {

    /** Values at -1.5 and 2 by the definitions in PyTorch's documentation. */
    @ParameterizedTest
    @CsvSource({
        "IDENTITY, -1.5,        2",
        "TANH,     -0.90514825, 0.96402758",
        "RELU,     0,           2",
        "SIGMOID,  0.18242552,  0.88079708",
        "GELU,     -0.10021080, 1.95449974",
        "SILU,     -0.27363828, 1.76159416"
    })
    void followsPyTorchsDefinition(Activation activation, double ofNegative, double ofPositive) {
        assertThat(activation.apply(-1.5)).isCloseTo(ofNegative, within(1e-6));
        assertThat(activation.apply(2)).isCloseTo(ofPositive, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource
    void keepsNotANumber(Activation activation) {
        assertThat(activation.apply(Double.NaN)).isNaN();
    }
}
