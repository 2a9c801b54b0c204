package dev.embedding.reload;

import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;
import java.util.Optional;

/**
 * State of a served model on which a plan depends.
 *
 * @param settings settings that it is served with
 * @param fingerprint of its vectors as the model's modules return them
 * @param normalizedFingerprint of its vectors when they are normalised
 * @param fault reason why it cannot compute any more; empty while it can
 */
record RunningModel(ModelSettings settings, String fingerprint, String normalizedFingerprint, Optional<String> fault) {

    static RunningModel of(LoadedModel model, ModelSettings settings) {
        return new RunningModel(settings, model.fingerprint(false), model.fingerprint(true), model.fault());
    }

    /** Reason why it may not be served with these settings; empty when it may. */
    Optional<String> spaceMismatch(ModelSettings wanted) {
        String served = wanted.get(Setting.NORMALIZE_EMBEDDINGS) ? normalizedFingerprint : fingerprint;
        return wanted.get(Setting.REQUIRED_SPACE)
                .filter(required -> !required.equals(served))
                .map(required -> SpaceMismatchException.message(required, served));
    }
}
