package dev.embedding.reload;

import dev.embedding.fixture.Gate;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.infer.InferenceRuntime;
import dev.embedding.model.locate.NoHub;
import dev.embedding.serving.DefaultModel;
import dev.embedding.serving.ModelProbe;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.PatientQueue;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.check.GoldenVectors;
import dev.embedding.serving.model.quantized.QuantizedModels;
import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.environment.Environment;
import dev.embedding.settings.environment.EnvironmentSettings;
import io.quarkus.runtime.configuration.MemorySize;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Fixture that replaces reference models by one another and records the served ones. */
final class SmallService implements AutoCloseable {

    static final String CLS = directory("bert-cls-normalize");
    static final String MEAN = directory("distilbert-mean");
    static final String BPE = directory("roberta-mean-bpe");

    final ModelRegistry registry = new ModelRegistry("default");
    final DefaultModel active = new DefaultModel(registry);
    final ReloadCounters counters = new ReloadCounters();
    final List<ServedModel> served = new CopyOnWriteArrayList<>();
    final List<String> removed = new CopyOnWriteArrayList<>();

    /** Maximum number of open models during the check of a new one, including it. */
    final AtomicInteger mostAlive = new AtomicInteger();

    volatile OptionalLong freeMemory = OptionalLong.empty();

    /** Runs during the check of each model that is loaded. */
    volatile Runnable beforeCheck = () -> {};

    /** Passed during the check of each model that is loaded. */
    final Gate check = new Gate();

    private final ModelHost host;

    SmallService() {
        this(new InferenceRuntime());
    }

    SmallService(InferenceRuntime runtime) {
        this.host = new ModelHost(
                1,
                1,
                runtime,
                PatientQueue.LIMITS,
                VectorCache.off(),
                (rows, tokens, paddedTokens, nanos) -> checked());
    }

    ReloadExecutor models(ReloadConfig config) {
        return new ReloadExecutor(
                registry,
                new ModelLoader(
                        host,
                        NoHub.locator(),
                        new QuantizedModels(host, Path.of("target", "quantized"), 0.9),
                        new GoldenVectors(Path.of("target", "golden")),
                        new LoadProgress(),
                        false,
                        MemoryLimits.NONE),
                () -> freeMemory,
                config,
                counters,
                new ServingListener() {
                    @Override
                    public void served(ServedModel model) {
                        served.add(model);
                    }

                    @Override
                    public void removed(RemovedModel model) {
                        removed.add(model.id());
                    }
                });
    }

    static ServiceSettings settings(String modelName) {
        return settings(modelName, Map.of());
    }

    /** @param others variables of an environment */
    static ServiceSettings settings(String modelName, Map<String, String> others) {
        Map<String, String> variables = new HashMap<>(
                Map.of("EMBEDDING_HOST", "127.0.0.1", "EMBEDDING_DEVICE", "cpu", "EMBEDDING_MODEL_NAME", modelName));
        variables.putAll(others);
        return EnvironmentSettings.of(new Environment(variables)).settings();
    }

    /** With a vector space that must be served. */
    static ServiceSettings requiring(String modelName, String space) {
        return settings(modelName, Map.of("EMBEDDING_REQUIRED_SPACE", space));
    }

    private void checked() {
        beforeCheck.run();
        mostAlive.accumulateAndGet(1 + alive(), Math::max);
        check.pass();
    }

    /** Models that were served and are not closed. */
    int alive() {
        return (int) served.stream()
                .map(ServedModel::model)
                .distinct()
                .filter(model -> !ModelProbe.isClosed(model))
                .count();
    }

    LoadedModel model() {
        return active.model().orElseThrow();
    }

    /** Names of the served models, in order. */
    List<String> servedNames() {
        return served.stream().map(model -> model.model().name()).toList();
    }

    private static String directory(String name) {
        return ReferenceModel.of(name).directory().toString();
    }

    /** A model of its own at a path. */
    static void copyModel(String from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(from))) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(Path.of(from).relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    @Override
    public void close() {
        check.open();
        active.retire().ifPresent(last -> ModelLoader.discard(last.model()));
        host.close();
    }

    /** Reload configuration. */
    record Config(Duration settingsPollInterval, Mode reloadMode, Optional<MemorySize> maxModelSize)
            implements ReloadConfig {

        @Override
        public Optional<AllowedModels> allowedModels() {
            return Optional.empty();
        }

        static final Config BESIDE = new Config(Duration.ofHours(1), Mode.BESIDE, Optional.empty());
        static final Config DRAIN_FIRST = new Config(Duration.ofHours(1), Mode.DRAIN_FIRST, Optional.empty());

        static Config ofModelsUpTo(long bytes) {
            MemorySize largest = new MemorySize(BigInteger.valueOf(bytes));
            return new Config(Duration.ofHours(1), Mode.BESIDE, Optional.of(largest));
        }
    }
}
