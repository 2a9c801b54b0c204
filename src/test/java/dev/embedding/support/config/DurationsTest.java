package dev.embedding.support.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    private static final Converter<Duration> POSITIVE = new Durations.Positive();

    @ParameterizedTest
    @CsvSource({"10, PT10S", "' 500ms ', PT0.5S", "5m, PT5M", "1d, PT24H", "PT1H, PT1H", "1ms, PT0.001S"})
    void readsNumbersWithUnits(String text, Duration duration) {
        assertThat(POSITIVE.convert(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "soon", "0s", "-1s", "PT0.0005S", "1 s", "9223372036854775807"})
    void rejectsWhatIsNoDurationOfAMillisecondOrMore(String text) {
        assertThatThrownBy(() -> POSITIVE.convert(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-1s", "PT-0.0001S", "later"})
    void rejectsWhatIsNeitherZeroNorADuration(String text) {
        Converter<Duration> orZero = new Durations.OrZero();

        assertThat(orZero.convert("0s")).isZero();
        assertThatThrownBy(() -> orZero.convert(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "999ms", "often"})
    void rejectsLessThanASecond(String text) {
        Converter<Duration> seconds = new Durations.OfASecondOrMore();

        assertThat(seconds.convert("1s")).hasSeconds(1);
        assertThatThrownBy(() -> seconds.convert(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
