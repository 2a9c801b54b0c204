package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WideRunsTest {

    private final Set<String> allowed = new TreeSet<>();
    private OptionalLong free = OptionalLong.of(250);
    private final WideRuns<String> runs = new WideRuns<>(() -> free, model -> 100, this::allow);

    private void allow(String model, boolean isAllowed) {
        if (isAllowed) {
            allowed.add(model);
        } else {
            allowed.remove(model);
        }
    }

    @Test
    void allowsAsManyAsFitTogetherInOrder() {
        runs.allow(List.of("a", "b", "c"));

        assertThat(allowed).containsExactly("a", "b");
        assertThat(runs.unreservedMemory()).hasValue(50);
    }

    @Test
    void keepsWhatIsDecidedUntilTheMemoryIsNeeded() {
        runs.allow(List.of("a"));
        free = OptionalLong.of(120);
        runs.allow(List.of("a", "b"));
        assertThat(allowed).as("one of the open session, none for another").containsExactly("a");

        runs.forbid();
        assertThat(allowed).isEmpty();
        assertThat(runs.unreservedMemory()).hasValue(120);

        free = OptionalLong.of(300);
        runs.allow(List.of("a", "b"));
        assertThat(allowed).containsExactly("a", "b");
    }

    @Test
    void reservesNothingForModelsThatAreGone() {
        runs.allow(List.of("a", "b"));
        runs.allow(List.of("b", "c"));

        assertThat(allowed).contains("b", "c");
        assertThat(runs.unreservedMemory()).hasValue(50);
    }

    @Test
    void allowsAllWhereTheMemoryIsUnknown() {
        free = OptionalLong.empty();
        runs.allow(List.of("a", "b", "c"));

        assertThat(allowed).containsExactly("a", "b", "c");
        assertThat(runs.unreservedMemory()).isEmpty();
    }
}
