package dev.embedding.reload;

import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;

/**
 * Served model with its settings.
 *
 * @param id id under which it is served
 * @param loaded whether it was newly loaded; otherwise it was served in another way before
 */
public record ServedModel(String id, LoadedModel model, ModelSettings settings, boolean loaded) {

    /** Fingerprint of the served vectors. */
    public String fingerprint() {
        return model.fingerprint(settings.get(Setting.NORMALIZE_EMBEDDINGS));
    }
}
