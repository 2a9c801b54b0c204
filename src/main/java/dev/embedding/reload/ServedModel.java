package dev.embedding.reload;

import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;

/**
 * Served model with its settings.
 *
 * @param loaded whether it was newly loaded; otherwise it was served with other settings before
 */
public record ServedModel(LoadedModel model, ModelSettings settings, boolean loaded) {

    /** Fingerprint of the served vectors. */
    public String fingerprint() {
        return model.fingerprint(settings.get(Setting.NORMALIZE_EMBEDDINGS));
    }
}
