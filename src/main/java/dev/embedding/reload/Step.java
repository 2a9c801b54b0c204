package dev.embedding.reload;

import dev.embedding.settings.ModelSettings;
import java.util.List;

/** Step of a reload: one model, what happens to it, and why. {@link ReloadPlanner} makes them. */
sealed interface Step {

    /** Id of the model. */
    String id();

    /** Reasons for operators, such as {@code device: cpu → auto}. */
    List<String> reasons();

    /** Loads the first model of a slot. */
    record Add(String id, ModelSettings settings, List<String> reasons) implements Step {
        public Add {
            reasons = List.copyOf(reasons);
        }
    }

    /** Loads another model and serves it in place of the running one. */
    record Replace(String id, ModelSettings settings, List<String> reasons) implements Step {
        public Replace {
            reasons = List.copyOf(reasons);
        }
    }

    /** Serves the running model with other settings, at once. */
    record Retune(String id, ModelSettings settings, List<String> reasons) implements Step {
        public Retune {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Leaves the running model as it is, because the settings contradict each other.
     *
     * @param reason a sentence
     */
    record Refuse(String id, String reason) implements Step {
        @Override
        public List<String> reasons() {
            return List.of(reason);
        }
    }
}
