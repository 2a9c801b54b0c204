package dev.embedding.reload;

import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.PoolingMode;
import dev.embedding.model.Precision;
import dev.embedding.model.locate.ModelLocator;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.ModelOptions;
import dev.embedding.serving.model.check.GoldenCheck;
import dev.embedding.serving.model.check.GoldenVectors;
import dev.embedding.serving.model.quantized.QuantizedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import java.nio.file.Path;
import java.util.Optional;

/** Loads and checks the models that settings name. */
public final class ModelLoader {

    private final ModelHost host;
    private final ModelLocator locator;
    private final QuantizedModels quantized;
    private final GoldenVectors golden;
    private final LoadProgress progress;
    private final boolean cacheDirectoryGiven;
    private final long gpuMemoryLimit;

    /**
     * @param progress reset after each search
     * @param cacheDirectoryGiven whether the operator said where models are kept, be it the default place
     * @param gpuMemoryLimit bytes; 0 for no limit
     */
    public ModelLoader(
            ModelHost host,
            ModelLocator locator,
            QuantizedModels quantized,
            GoldenVectors golden,
            LoadProgress progress,
            boolean cacheDirectoryGiven,
            long gpuMemoryLimit) {
        this.progress = progress;
        this.cacheDirectoryGiven = cacheDirectoryGiven;
        this.host = host;
        this.locator = locator;
        this.quantized = quantized;
        this.golden = golden;
        this.gpuMemoryLimit = gpuMemoryLimit;
    }

    /** @throws ModelUnavailableException when the name leads to no model that can be understood */
    ModelDescription locate(ServiceSettings settings) {
        ModelRequest request = new ModelRequest(
                settings.modelName(),
                cacheDirectory(settings),
                Precision.ofLabel(settings.precision()),
                settings.modelFile(),
                settings.pooling().flatMap(PoolingMode::byLabel),
                settings.queryPrompt(),
                settings.documentPrompt());
        try {
            return locator.locate(request);
        } finally {
            progress.end();
        }
    }

    /** A directory that is merely the default gives way to those that Python's tools are told. */
    private Optional<Path> cacheDirectory(ServiceSettings settings) {
        boolean isDefault = settings.modelCacheDir().equals(SettingKey.MODEL_CACHE_DIR.defaultText());
        return isDefault && !cacheDirectoryGiven ? Optional.empty() : Optional.of(Path.of(settings.modelCacheDir()));
    }

    /** Ends a download, and what is being quantized; whatever would be located afterwards is not. */
    void stop() {
        locator.stop();
        quantized.stop();
    }

    /** @throws ModelUnavailableException when the model cannot be opened or fails its check */
    LoadedModel load(ModelDescription description, ServiceSettings settings) {
        ModelOptions options = new ModelOptions(settings.device(), settings.maxBatchSize(), gpuMemoryLimit);
        LoadedModel model = LoadedModel.load(
                quantized.withQuantizedFile(description, options), options, host, golden.checkResults());
        try {
            GoldenCheck.verify(model, golden);
            return model;
        } catch (RuntimeException | Error failure) {
            ModelSwitch.close(model);
            throw failure;
        }
    }
}
