package dev.embedding.support.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.MemorySize;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {

    private static final Converter<MemorySize> POSITIVE = new Sizes.Positive();
    private static final Converter<MemorySize> OR_ZERO = new Sizes.OrZero();
    private static final Converter<MemorySize> OR_UNSET = new Sizes.OrUnset();

    @ParameterizedTest
    @CsvSource({"1, 1", "' 32M ', 33554432", "2g, 2147483648", "9223372036854775807, 9223372036854775807"})
    void readsNumbersWithUnits(String text, long bytes) {
        assertThat(POSITIVE.convert(text).asLongValue()).isEqualTo(bytes);
        assertThat(OR_ZERO.convert(text).asLongValue()).isEqualTo(bytes);
        assertThat(OR_UNSET.convert(text).asLongValue()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "lots", "1.5G", "3 M", "9223372036854775808", "99Y"})
    void rejectsWhatIsNoNumberOfBytes(String text) {
        assertThatThrownBy(() -> POSITIVE.convert(text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OR_ZERO.convert(text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OR_UNSET.convert(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void takesABlankForUnsetOnlyWhereThatIsAllowed(String blank) {
        assertThat(OR_UNSET.convert(blank)).isNull();
        assertThatThrownBy(() -> POSITIVE.convert(blank)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OR_ZERO.convert(blank)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0M"})
    void acceptsZeroOnlyWhereThatIsAllowed(String zero) {
        assertThat(OR_ZERO.convert(zero).asLongValue()).isZero();
        assertThatThrownBy(() -> POSITIVE.convert(zero)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OR_UNSET.convert(zero)).isInstanceOf(IllegalArgumentException.class);
    }
}
