package dev.embedding.reload;

import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ServiceSettings;

/**
 * A model, and the settings that it is served under.
 *
 * @param loaded whether it was loaded for them; otherwise it was served under other settings before
 */
public record ServedModel(LoadedModel model, ServiceSettings settings, boolean loaded) {

    /** Names the vectors that are answered. */
    public String fingerprint() {
        return model.fingerprint(settings.normalizeEmbeddings());
    }
}
