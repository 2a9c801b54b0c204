package dev.embedding.reload;

import dev.embedding.reload.Step.Rebind;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Steps that come into force together or not at all; most often one. */
record StepGroup(List<Step> steps) {

    StepGroup {
        steps = List.copyOf(steps);
    }

    static StepGroup of(Step step) {
        return new StepGroup(List.of(step));
    }

    /** Ids of the models that are served in another way afterwards. */
    Set<String> ids() {
        return steps.stream().map(Step::id).collect(Collectors.toUnmodifiableSet());
    }

    /** Ids whose models move to another id. */
    Set<String> vacated() {
        return steps.stream()
                .filter(Rebind.class::isInstance)
                .map(step -> ((Rebind) step).from())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether it may not come into force: it loads a model, moves one or refuses. */
    boolean mayFail() {
        return steps.stream().anyMatch(step -> !(step instanceof Step.Retune) && !(step instanceof Step.Remove));
    }

    /** Whether a model is loaded before they are in force. */
    boolean loads() {
        return steps.stream().anyMatch(Step::loads);
    }
}
