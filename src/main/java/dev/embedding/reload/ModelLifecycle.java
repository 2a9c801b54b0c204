package dev.embedding.reload;

import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelLocator;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.EmbeddingModel;
import dev.embedding.serving.GoldenCheck;
import dev.embedding.serving.ModelHost;
import dev.embedding.serving.ModelOptions;
import dev.embedding.settings.ServiceSettings;
import io.quarkus.runtime.configuration.MemorySize;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Loads the wanted model, checks it, serves it, and closes it at the end. Loading happens on a thread of its own; a
 * model that cannot be loaded is tried again, ever more seldom.
 */
public final class ModelLifecycle {

    private static final Logger LOG = Logger.getLogger(ModelLifecycle.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
    private static final Duration SLOWEST_RETRY = Duration.ofMinutes(1);

    private final ServiceSettings settings;
    private final EngineConfig config;
    private final ModelHost host;
    private final ModelLocator locator;
    private final ActiveModel active;
    private final Consumer<EmbeddingModel> onServed;
    private final ScheduledThreadPoolExecutor loader;
    private volatile ModelState state = new ModelState.Loading();

    /** @param onServed called once the model is served, on the loader's thread */
    ModelLifecycle(
            ServiceSettings settings,
            EngineConfig config,
            ModelHost host,
            ModelLocator locator,
            ActiveModel active,
            Consumer<EmbeddingModel> onServed) {
        this.settings = settings;
        this.config = config;
        this.host = host;
        this.locator = locator;
        this.active = active;
        this.onServed = onServed;
        this.loader = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "model-loader");
            thread.setDaemon(true);
            return thread;
        });
        loader.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    public ModelState state() {
        return state;
    }

    void start() {
        loader.execute(() -> load(FIRST_RETRY));
    }

    private void load(Duration retryAfter) {
        try {
            EmbeddingModel model = loadVerified();
            if (isStopped()) {
                close(model);
                return;
            }
            active.serve(model, settings.normalizeEmbeddings());
            state = new ModelState.Serving();
            model.deviceFallback()
                    .ifPresent(reason -> LOG.warnf(
                            "Device %s is not usable, the CPU is used instead: %s", settings.device(), reason));
            onServed.accept(model);
        } catch (ModelUnavailableException failure) {
            if (isStopped()) {
                return;
            }
            state = new ModelState.Failed(failure.reason());
            LOG.errorf("%s (next attempt in %d s)", failure.reason(), retryAfter.toSeconds());
            Duration next = retryAfter.multipliedBy(2);
            ScheduledFuture<?> unused = loader.schedule(
                    () -> load(next.compareTo(SLOWEST_RETRY) < 0 ? next : SLOWEST_RETRY),
                    retryAfter.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RuntimeException | Error failure) {
            state = new ModelState.Failed("The model could not be loaded; the log says why");
            LOG.error("The model could not be loaded", failure);
        }
    }

    private EmbeddingModel loadVerified() {
        ModelDescription description = locator.locate(settings.modelName());
        EmbeddingModel model = EmbeddingModel.load(
                description,
                new ModelOptions(
                        settings.device(),
                        settings.maxBatchSize(),
                        config.gpuMemoryLimit().map(MemorySize::asLongValue).orElse(0L)),
                host);
        try {
            GoldenCheck.verify(model);
            return model;
        } catch (RuntimeException failure) {
            close(model);
            throw failure;
        }
    }

    private boolean isStopped() {
        return state instanceof ModelState.Stopped;
    }

    /**
     * Serves nothing any more; accepted requests are answered as far as the shutdown's time allows. A load is waited for:
     * ending the process while the engine opens a model would crash it.
     */
    void stop() {
        state = new ModelState.Stopped();
        loader.shutdown();
        long deadline = System.nanoTime() + config.shutdownTimeout().toNanos();
        try {
            boolean unused = loader.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            Optional<EmbeddingModel> last = active.retire(deadline - System.nanoTime());
            if (last.isPresent()) {
                last.get().close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            }
            host.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(EmbeddingModel model) {
        try {
            model.close(Duration.ZERO);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
