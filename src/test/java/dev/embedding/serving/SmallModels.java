package dev.embedding.serving;

import dev.embedding.ReferenceModel;
import dev.embedding.infer.InferenceRuntime;
import dev.embedding.model.ModelWish;
import dev.embedding.model.locate.NoHub;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.EmbeddingModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.ModelOptions;
import dev.embedding.serving.model.ServingListener;
import dev.embedding.support.Workers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Loads reference models on one lane, and closes them with it. */
public final class SmallModels {

    private final VectorCache cache;
    private final ModelHost host;
    private final List<EmbeddingModel> models = new ArrayList<>();

    /** @param listener called on the lane's thread after each batch, so that a test can hold the lane there */
    public SmallModels(ServingListener listener) {
        this(VectorCache.off(), listener);
    }

    public SmallModels(VectorCache cache, ServingListener listener) {
        this.cache = cache;
        this.host = new ModelHost(1, 1, new InferenceRuntime(), PatientQueue.LIMITS, cache, listener);
    }

    public SmallModels() {
        this((rows, tokens, paddedTokens, nanos) -> {});
    }

    VectorCache cache() {
        return cache;
    }

    public ModelHost host() {
        return host;
    }

    /** The vector that a model gives of a text. */
    public static float[] embed(EmbeddingModel model, ServingOptions options, String text) {
        ActiveModel active = new ActiveModel();
        active.serve(model, options);
        return new Embedder(active, Workers.onCallingThread(), VectorCache.off())
                .embed(EmbeddingRequest.of(List.of(text)))
                .await()
                .atMost(Duration.ofSeconds(50))
                .vectors()
                .get(0);
    }

    public EmbeddingModel load(String name) {
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

    public EmbeddingModel loadFrom(Path directory) {
        return load(ModelWish.of(directory.toString()));
    }

    public EmbeddingModel load(ModelWish wish) {
        EmbeddingModel model = EmbeddingModel.load(NoHub.locator().locate(wish), new ModelOptions("cpu", 32, 0), host);
        models.add(model);
        return model;
    }

    public void close() throws InterruptedException {
        for (EmbeddingModel model : models) {
            model.close(Duration.ofSeconds(30));
        }
        host.close();
    }
}
