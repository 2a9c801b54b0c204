package dev.embedding.serving;

import dev.embedding.ReferenceModel;
import dev.embedding.infer.InferenceRuntime;
import dev.embedding.model.ModelWish;
import dev.embedding.model.NoHub;
import dev.embedding.serving.cache.VectorCache;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Loads reference models on one lane, and closes them with it. */
final class SmallModels {

    private final VectorCache cache;
    private final ModelHost host;
    private final List<EmbeddingModel> models = new ArrayList<>();

    /** @param listener called on the lane's thread after each batch, so that a test can hold the lane there */
    SmallModels(ServingListener listener) {
        this(VectorCache.off(), listener);
    }

    SmallModels(VectorCache cache, ServingListener listener) {
        this.cache = cache;
        this.host = new ModelHost(1, 1, new InferenceRuntime(), PatientQueue.LIMITS, cache, listener);
    }

    SmallModels() {
        this((rows, tokens, paddedTokens, nanos) -> {});
    }

    VectorCache cache() {
        return cache;
    }

    ModelHost host() {
        return host;
    }

    /** The vector that a model gives of a text. */
    static float[] embed(EmbeddingModel model, ServingOptions options, String text) {
        ActiveModel active = new ActiveModel();
        active.serve(model, options);
        return new Embedder(active, Workers.onCallingThread(), VectorCache.off())
                .embed(EmbeddingRequest.of(List.of(text)))
                .await()
                .atMost(Duration.ofSeconds(50))
                .vectors()
                .get(0);
    }

    EmbeddingModel load(String name) {
        return loadFrom(ReferenceModel.of(name).directory());
    }

    /** For a host of the test's own, which closes the model too. */
    EmbeddingModel loadOn(ModelHost ownHost, String name) {
        return EmbeddingModel.load(
                NoHub.locator()
                        .locate(ModelWish.of(ReferenceModel.of(name).directory().toString())),
                new ModelOptions("cpu", 32, 0),
                ownHost);
    }

    EmbeddingModel loadFrom(Path directory) {
        return load(ModelWish.of(directory.toString()));
    }

    EmbeddingModel load(ModelWish wish) {
        EmbeddingModel model = EmbeddingModel.load(NoHub.locator().locate(wish), new ModelOptions("cpu", 32, 0), host);
        models.add(model);
        return model;
    }

    void close() throws InterruptedException {
        for (EmbeddingModel model : models) {
            model.close(Duration.ofSeconds(30));
        }
        host.close();
    }
}
