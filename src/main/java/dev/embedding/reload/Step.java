package dev.embedding.reload;

import dev.embedding.settings.ModelSettings;
import java.util.List;

/** Step of a reload: one model, what happens to it, and why. {@link ReloadPlanner} makes them. */
sealed interface Step {

    /** Id of the model. */
    String id();

    /** Reasons for operators, such as {@code device: cpu → auto}. */
    List<String> reasons();

    /** Loads a model for an id whose model is not there, or moves to another id. */
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

    /**
     * Serves a model that runs under another id, which is vacated unless another step serves it.
     *
     * @param from the other id
     */
    record Rebind(String id, String from, ModelSettings settings) implements Step {
        @Override
        public List<String> reasons() {
            return List.of("the model " + from + " becomes " + id);
        }
    }

    /** Serves the running model with other settings, at once. */
    record Retune(String id, ModelSettings settings, List<String> reasons) implements Step {
        public Retune {
            reasons = List.copyOf(reasons);
        }
    }

    /** Stops serving a model: it answers the requests that it has, and is closed. */
    record Remove(String id) implements Step {
        @Override
        public List<String> reasons() {
            return List.of("it is not configured any more");
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

    /** Whether it loads a model. */
    default boolean loads() {
        return this instanceof Add || this instanceof Replace;
    }
}
