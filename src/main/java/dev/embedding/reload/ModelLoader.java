package dev.embedding.reload;

import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.locate.ModelLocator;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.ModelOptions;
import dev.embedding.serving.model.check.GoldenCheck;
import dev.embedding.serving.model.check.GoldenVectors;
import dev.embedding.serving.model.quantized.QuantizedModels;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;
import java.time.Duration;

/** Locates, loads and checks the model that the settings name. */
public final class ModelLoader {

    private final ModelHost host;
    private final ModelLocator locator;
    private final QuantizedModels quantized;
    private final GoldenVectors golden;
    private final LoadProgress progress;
    private final boolean cacheDirectoryGiven;
    private final MemoryLimits memory;

    /**
     * @param progress progress of a download, reset afterwards
     * @param cacheDirectoryGiven whether the operator configured the cache directory, even to its default value
     */
    public ModelLoader(
            ModelHost host,
            ModelLocator locator,
            QuantizedModels quantized,
            GoldenVectors golden,
            LoadProgress progress,
            boolean cacheDirectoryGiven,
            MemoryLimits memory) {
        this.progress = progress;
        this.cacheDirectoryGiven = cacheDirectoryGiven;
        this.host = host;
        this.locator = locator;
        this.quantized = quantized;
        this.golden = golden;
        this.memory = memory;
    }

    /** @throws ModelUnavailableException when the name does not resolve to a supported model */
    ModelDescription locate(ModelSettings settings) {
        ModelRequest request = ModelRequests.of(
                settings,
                cacheDirectoryGiven,
                new InputLimits(settings.get(Setting.MAX_INPUT_TOKENS), memory.runBytes()));
        try {
            return locator.locate(request);
        } finally {
            progress.end();
        }
    }

    /** Aborts a running download or quantization; later calls do not locate models any more. */
    void stop() {
        locator.stop();
        quantized.stop();
    }

    /** @throws ModelUnavailableException when the model cannot be opened or fails its check */
    LoadedModel load(ModelDescription description, ModelSettings settings) {
        ModelOptions options =
                new ModelOptions(settings.get(Setting.DEVICE), settings.get(Setting.MAX_BATCH_SIZE), memory.gpuBytes());
        LoadedModel model = LoadedModel.load(
                quantized.withQuantizedFile(description, options), options, host, golden.checkResults());
        try {
            GoldenCheck.verify(model, golden);
            return model;
        } catch (RuntimeException | Error failure) {
            discard(model);
            throw failure;
        }
    }

    /** Closes a model that was never served, or that nobody waits for. */
    static void discard(LoadedModel model) {
        try {
            model.close(Duration.ZERO);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
