package dev.embedding.reload;

import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.ActiveModel.Retired;
import dev.embedding.serving.ServingOptions;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ServiceSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings other settings into force: load, verify, swap, drain. At most two models exist; only the {@link
 * SettingsFollower}'s thread calls it.
 */
public final class ModelSwitch {

    private static final Logger LOG = Logger.getLogger(ModelSwitch.class);
    /** A begun request of 1000 long texts may take minutes. */
    private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(10);

    private final ActiveModel active;
    private final ModelLoader loader;
    private final ModelMemoryCheck memory;
    private final ReloadConfig.Mode reloadMode;
    private final Consumer<ServedModel> onServed;
    private final ReloadCounters counters;
    private @Nullable Running running;
    private @Nullable Retired replaced;
    private boolean closedInVain;
    private volatile boolean stopped;
    private volatile Runnable onBroken = () -> {};

    /** @param onServed told each model that starts to be served, and the one that starts to be served in another way */
    public ModelSwitch(
            ActiveModel active,
            ModelLoader loader,
            Supplier<OptionalLong> freeMemory,
            ReloadConfig config,
            ReloadCounters counters,
            Consumer<ServedModel> onServed) {
        this.active = active;
        this.loader = loader;
        this.memory = new ModelMemoryCheck(freeMemory, config.maxModelSize());
        this.reloadMode = config.reloadMode();
        this.counters = counters;
        this.onServed = onServed;
    }

    private record Running(LoadedModel model, ServiceSettings settings) {}

    /** Whether the running model cannot compute any more; the next {@link #prepare} loads a fresh one. */
    boolean isBroken() {
        return running != null && running.model().fault().isPresent();
    }

    /** Names what is told when a model that is served breaks: on a thread that must not be kept. */
    void whenBroken(Runnable listener) {
        onBroken = listener;
    }

    /** What is in force; empty before the first model is served. */
    Optional<ServiceSettings> settings() {
        return Optional.ofNullable(running).map(Running::settings);
    }

    /**
     * Does everything that may fail before the settings can be in force, beside what runs.
     *
     * @return to be committed, or closed when it is not wanted any more
     * @throws ModelUnavailableException when the model that is requested cannot be loaded
     * @throws SpaceMismatchException when another vector space must be served
     */
    Prepared prepare(ServiceSettings wanted) {
        closedInVain = false;
        Running before = running;
        if (before == null) {
            return new Prepared(load(wanted, null), wanted, null, true);
        }
        ReloadPlan plan = before.model()
                .fault()
                .<ReloadPlan>map(fault -> new ReloadPlan.Replace(List.of(fault)))
                .orElseGet(() -> ReloadPlan.between(before.settings(), wanted));
        if (!(plan instanceof ReloadPlan.Replace)) {
            requireSpace(before.model(), wanted);
            return new Prepared(before.model(), wanted, before, plan instanceof ReloadPlan.Retune);
        }
        LOG.infof("Loading a model beside the running one: %s", String.join("; ", plan.reasons()));
        counters.attempted();
        try {
            return new Prepared(load(wanted, before), wanted, before, true);
        } catch (RuntimeException | Error failure) {
            counters.failed();
            allowWideRuns();
            throw failure;
        }
    }

    private LoadedModel load(ServiceSettings wanted, @Nullable Running before) {
        ModelDescription description = loader.locate(wanted);
        memory.requireAllowed(description);
        if (before == null) {
            memory.requireFree(description);
        } else {
            before.model().allowWideRuns(false);
            makeRoom(description, before);
        }
        try {
            return loadRequired(description, wanted);
        } catch (RuntimeException | Error failure) {
            if (before != null && running == null) {
                closedInVain = true;
                try {
                    serveAgain(before);
                } catch (RuntimeException | Error again) {
                    failure.addSuppressed(again);
                }
            }
            throw failure;
        }
    }

    /** @throws SpaceMismatchException when another vector space must be served */
    private LoadedModel loadRequired(ModelDescription description, ServiceSettings wanted) {
        LoadedModel model = loader.load(description, wanted);
        try {
            requireSpace(model, wanted);
            return model;
        } catch (SpaceMismatchException failure) {
            close(model);
            throw failure;
        }
    }

    /** Whether the last preparation closed the running model, to make room, for one that did not come. */
    boolean closedInVain() {
        return closedInVain;
    }

    /** Sees to it, before anything is loaded, that there is memory for the model. */
    private void makeRoom(ModelDescription description, Running before) {
        boolean worthKeeping = before.model().fault().isEmpty();
        if (reloadMode == ReloadConfig.Mode.BESIDE && worthKeeping) {
            memory.requireFreeBeside(description);
            return;
        }
        if (memory.isFree(description)) {
            return;
        }
        LOG.warnf(
                "Memory does not allow two models: %s is closed before %s is loaded",
                before.model().name(), description.name());
        running = null;
        active.retire().ifPresent(this::drain);
    }

    private void requireSpace(LoadedModel model, ServiceSettings wanted) {
        String fingerprint = model.fingerprint(wanted.normalizeEmbeddings());
        wanted.requiredSpace().filter(required -> !required.equals(fingerprint)).ifPresent(required -> {
            throw new SpaceMismatchException(required, fingerprint);
        });
    }

    /**
     * After the running model was closed for one that did not come. Its files are on disk, so nobody is asked where they
     * are: a hub may be away, or have another revision by now.
     */
    private void serveAgain(Running before) {
        if (stopped) {
            return;
        }
        LoadedModel again = loadRequired(before.model().description(), before.settings());
        serve(again, before.settings());
        again.allowWideRuns(true);
    }

    private void serve(LoadedModel model, ServiceSettings settings) {
        boolean loaded = running == null || !running.model().equals(model);
        running = new Running(model, settings);
        ServingOptions options =
                new ServingOptions(settings.normalizeEmbeddings(), settings.modelAliases(), settings.dimensions());
        active.serve(model, options).ifPresent(before -> replaced = before);
        if (loaded) {
            CompletionStage<Void> unused = model.broken().thenAccept(fault -> onBroken.run());
            model.deviceFallback()
                    .ifPresent(reason -> LOG.warnf(
                            "Device %s is not usable, the CPU is used instead: %s", settings.device(), reason));
        }
        onServed.accept(new ServedModel(model, settings, loaded));
    }

    /** Settings that can be in force at once. */
    final class Prepared implements AutoCloseable {
        private final LoadedModel model;
        private final ServiceSettings wanted;
        private final @Nullable Running before;
        private final boolean changesServing;
        private boolean committed;

        private Prepared(LoadedModel model, ServiceSettings wanted, @Nullable Running before, boolean changesServing) {
            this.model = model;
            this.wanted = wanted;
            this.before = before;
            this.changesServing = changesServing;
        }

        private boolean isNewModel() {
            return before == null || before.model() != model;
        }

        /** Puts them into force. A model that was replaced is still to be drained: {@link #drainReplaced}. */
        void commit() {
            committed = true;
            if (before != null && isNewModel()) {
                counters.done();
            }
            if (changesServing) {
                model.retune(wanted.maxBatchSize());
                serve(model, wanted);
            } else {
                running = new Running(model, wanted);
            }
        }

        /** Without a commit everything stays as it was. */
        @Override
        public void close() {
            if (committed || !isNewModel()) {
                return;
            }
            ModelSwitch.close(model);
            if (before != null) {
                counters.failed();
            }
            if (before != null && running == null) {
                serveAgain(before);
            } else {
                allowWideRuns();
            }
        }
    }

    /** Hands over what a replaced model had not begun, waits until the rest is answered, and closes it. */
    void drainReplaced() {
        if (replaced != null) {
            replaced.model().handOver();
            drain(replaced);
            replaced = null;
        }
        allowWideRuns();
    }

    private void allowWideRuns() {
        if (running != null) {
            running.model().allowWideRuns(true);
        }
    }

    private void drain(Retired retired) {
        try {
            retired.awaitReleased(DRAIN_TIMEOUT.toNanos());
            retired.model().close(DRAIN_TIMEOUT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends a download that may be going on; any thread may call it. */
    void stopLoading() {
        loader.stop();
    }

    /** Serves nothing any more; accepted requests are answered as far as the time allows. */
    void stop(long deadlineNanos) throws InterruptedException {
        stopped = true;
        running = null;
        Optional<Retired> last = active.retire();
        if (last.isPresent()) {
            last.get().awaitReleased(deadlineNanos - System.nanoTime());
            last.get().model().close(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
        }
    }

    static void close(LoadedModel model) {
        try {
            model.close(Duration.ZERO);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
