package dev.embedding.serving;

import dev.embedding.batch.BatchObserver;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.infer.InferenceRuntime;
import dev.embedding.model.FileHashes;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.locate.NoHub;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.ModelObserver;
import dev.embedding.serving.model.ModelOptions;
import dev.embedding.support.WorkerPools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Loads reference models on one lane, and closes them with it. */
public final class SmallModels {

    private final VectorCache cache;
    private final ModelHost host;
    private final List<LoadedModel> models = new ArrayList<>();

    /** @param observer called on the lane's thread after each batch, so that a test can hold the lane there */
    public SmallModels(BatchObserver observer) {
        this(VectorCache.off(), observer);
    }

    public SmallModels(VectorCache cache, BatchObserver observer) {
        this(cache, new ModelHost(1, 1, new InferenceRuntime(), PatientQueue.LIMITS, cache, observer));
    }

    private SmallModels(VectorCache cache, ModelHost host) {
        this.cache = cache;
        this.host = host;
    }

    /** Models whose batches are told to a listener with the ids that they are served under. */
    public static SmallModels observedBy(ModelObserver observer) {
        VectorCache cache = VectorCache.off();
        return new SmallModels(
                cache,
                new ModelHost(1, 1, Duration.ofSeconds(30), PatientQueue.LIMITS, cache, new FileHashes(), observer));
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

    /** Vector of a text. */
    public static float[] embed(LoadedModel model, ServingOptions options, String text) {
        ModelRegistry registry = new ModelRegistry("default");
        new DefaultModel(registry).serve(model, options);
        return Requests.embed(
                        new InferenceService(
                                registry, new WorkerPools(Runnable::run, Runnable::run), VectorCache.off()),
                        Requests.of(List.of(text)))
                .await()
                .atMost(Duration.ofSeconds(50))
                .vectors()
                .get(0);
    }

    public LoadedModel load(String name) {
        return loadFrom(ReferenceModel.of(name).directory());
    }

    /** Loads a model on a host of the test, which closes the model too. */
    LoadedModel loadOn(ModelHost ownHost, String name) {
        return LoadedModel.load(
                NoHub.locator()
                        .locate(ModelRequest.of(
                                ReferenceModel.of(name).directory().toString())),
                new ModelOptions("cpu", 32, 0),
                ownHost);
    }

    public LoadedModel loadFrom(Path directory) {
        return load(ModelRequest.of(directory.toString()));
    }

    public LoadedModel load(ModelRequest options) {
        LoadedModel model = LoadedModel.load(NoHub.locator().locate(options), new ModelOptions("cpu", 32, 0), host);
        models.add(model);
        return model;
    }

    public void close() throws InterruptedException {
        for (LoadedModel model : models) {
            model.close(Duration.ofSeconds(30));
        }
        host.close();
    }
}
