package dev.embedding.reload;

import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.Precision;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;
import dev.embedding.vector.Pooling;
import java.nio.file.Path;
import java.util.Optional;

/** Turns settings into the request for the model that they name. */
public final class ModelRequests {

    private ModelRequests() {}

    /**
     * The request of a model.
     *
     * @param cacheDirectoryGiven whether the operator configured the cache directory, even to its default value
     * @param limits limits of a text's length besides the model's own
     */
    public static ModelRequest of(ModelSettings settings, boolean cacheDirectoryGiven, InputLimits limits) {
        return new ModelRequest(
                settings.get(Setting.MODEL_NAME),
                cacheDirectory(settings, cacheDirectoryGiven),
                Precision.ofLabel(settings.get(Setting.PRECISION)),
                settings.get(Setting.MODEL_FILE),
                settings.get(Setting.POOLING).flatMap(Pooling::byLabel),
                settings.get(Setting.QUERY_PROMPT),
                settings.get(Setting.DOCUMENT_PROMPT),
                limits);
    }

    /** Empty where the default is not configured explicitly, so that the variables of Python's tools apply. */
    private static Optional<Path> cacheDirectory(ModelSettings settings, boolean given) {
        String directory = settings.get(Setting.MODEL_CACHE_DIR);
        boolean isDefault = directory.equals(Setting.MODEL_CACHE_DIR.defaultText());
        return isDefault && !given ? Optional.empty() : Optional.of(Path.of(directory));
    }
}
