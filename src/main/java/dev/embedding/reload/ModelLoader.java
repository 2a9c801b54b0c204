package dev.embedding.reload;

import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelLocator;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.ModelWish;
import dev.embedding.model.Precision;
import dev.embedding.serving.EmbeddingModel;
import dev.embedding.serving.GoldenCheck;
import dev.embedding.serving.GoldenVectors;
import dev.embedding.serving.ModelHost;
import dev.embedding.serving.ModelOptions;
import dev.embedding.settings.ServiceSettings;
import java.util.Locale;

/** Loads and checks the models that settings name. */
final class ModelLoader {

    private final ModelHost host;
    private final ModelLocator locator;
    private final GoldenVectors golden;
    private final long gpuMemoryLimit;

    /** @param gpuMemoryLimit bytes; 0 for no limit */
    ModelLoader(ModelHost host, ModelLocator locator, GoldenVectors golden, long gpuMemoryLimit) {
        this.host = host;
        this.locator = locator;
        this.golden = golden;
        this.gpuMemoryLimit = gpuMemoryLimit;
    }

    /** @throws ModelUnavailableException when the name leads to no model that can be understood */
    ModelDescription locate(ServiceSettings settings) {
        return locator.locate(new ModelWish(
                settings.modelName(),
                Precision.valueOf(settings.precision().toUpperCase(Locale.ROOT)),
                settings.modelFile(),
                settings.queryPrompt(),
                settings.documentPrompt()));
    }

    /** @throws ModelUnavailableException when the model cannot be opened or fails its check */
    EmbeddingModel load(ModelDescription description, ServiceSettings settings) {
        EmbeddingModel model = EmbeddingModel.load(
                description, new ModelOptions(settings.device(), settings.maxBatchSize(), gpuMemoryLimit), host);
        try {
            GoldenCheck.verify(model, golden);
            return model;
        } catch (RuntimeException failure) {
            ModelSwitch.close(model);
            throw failure;
        }
    }
}
