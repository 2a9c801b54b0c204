package dev.embedding.serving;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Choice of the model that answers a request.
 *
 * @param name name of the model; empty for the first that does the task, which an empty text means too
 * @param space fingerprint of the vector space that the model must have
 */
public record ModelChoice(Optional<ModelName> name, Optional<String> space) {

    /** The model that is served where a request names none. */
    public static final ModelChoice DEFAULT = new ModelChoice(Optional.empty(), Optional.empty());

    public ModelChoice {
        name = name.filter(given -> !given.text().isBlank());
    }

    /**
     * Choice of the model of a name, whatever its vector space.
     *
     * @param name null or blank for the model that is served where a request names none
     */
    public static ModelChoice named(@Nullable String name) {
        return new ModelChoice(Optional.ofNullable(name).map(text -> new ModelName(text, false)), Optional.empty());
    }

    /** The same model, whatever its vector space. */
    ModelChoice ofAnySpace() {
        return new ModelChoice(name, Optional.empty());
    }

    /**
     * Name of a model in a request.
     *
     * @param ignoredAlone whether a name that is unknown is ignored while only the default model is configured
     */
    public record ModelName(String text, boolean ignoredAlone) {}
}
