package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.SampleSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoadAttemptsTest {

    private static final ModelSettings ONE =
            SampleSettings.of(Map.of("model_name", "one")).defaultModel();
    private static final ModelSettings OTHER =
            SampleSettings.of(Map.of("model_name", "other")).defaultModel();

    private long now = 1_000;
    private final LoadAttempts attempts = new LoadAttempts(() -> now);
    private final BrokenModels broken = new BrokenModels(() -> now);

    @Test
    void eachModelWaitsForItself() {
        assertThat(attempts.failed("a", ONE, false)).contains(Duration.ofSeconds(2));
        pass(Duration.ofSeconds(1));
        assertThat(attempts.failed("b", ONE, false)).contains(Duration.ofSeconds(2));

        assertThat(attempts.isDue("a", ONE)).isFalse();
        assertThat(attempts.isDue("c", ONE)).isTrue();
        assertThat(attempts.untilNext()).contains(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(1));
        assertThat(attempts.isDue("a", ONE)).isTrue();
        assertThat(attempts.isDue("b", ONE)).isFalse();
        assertThat(attempts.failed("a", ONE, false)).contains(Duration.ofSeconds(4));
    }

    @Test
    void otherSettingsAreTriedAtOnceAndWithTheShortestDelayAgain() {
        attempts.failed("a", ONE, false);
        attempts.failed("a", ONE, false);

        assertThat(attempts.isDue("a", OTHER)).isTrue();
        assertThat(attempts.failed("a", OTHER, false)).contains(Duration.ofSeconds(2));
    }

    @Test
    void whatDoesHarmIsTriedWithOtherSettingsOnly() {
        assertThat(attempts.failed("a", ONE, true)).isEmpty();
        attempts.tryAgain();
        pass(Duration.ofDays(1));

        assertThat(attempts.isDue("a", ONE)).isFalse();
        assertThat(attempts.untilNext()).isEmpty();
        assertThat(attempts.isDue("a", OTHER)).isTrue();
    }

    @Test
    void newRowsAreTriedAtOnce() {
        attempts.failed("a", ONE, false);
        attempts.tryAgain();

        assertThat(attempts.isDue("a", ONE)).isTrue();
        assertThat(attempts.untilNext()).isEmpty();
    }

    @Test
    void forgetsModelsThatSucceedOrGo() {
        attempts.failed("a", ONE, false);
        attempts.failed("b", ONE, true);
        attempts.succeeded("a");
        attempts.retain(Set.of("a"));

        assertThat(attempts.untilNext()).isEmpty();
        assertThat(attempts.isDue("b", ONE)).isTrue();
    }

    @Test
    void theSoonerAModelBreaksAgainTheLaterItIsReplaced() {
        assertThat(broken.delay("a")).contains(Duration.ZERO);
        assertThat(broken.delay("a")).as("asked for already").isEmpty();
        broken.replaced("a");
        pass(Duration.ofMinutes(1));
        assertThat(broken.delay("a")).contains(Duration.ofSeconds(2));
        assertThat(broken.delay("b")).contains(Duration.ZERO);
        broken.replaced("a");
        assertThat(broken.delay("a")).contains(Duration.ofSeconds(4));
        broken.replaced("a");
        pass(Duration.ofMinutes(11));
        assertThat(broken.delay("a")).contains(Duration.ZERO);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
