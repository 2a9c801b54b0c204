package dev.embedding.reload;

import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.reload.Placement.Predecessor;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.RetiredModel;
import dev.embedding.serving.ServingOptions;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Executes the steps of a {@link ReloadPlanner}: load, verify, swap, drain. At most two models of a slot exist. The {@link
 * SettingsFollower}'s thread calls it; any thread may call {@link #stopLoading} and {@link #stop}.
 */
public final class ReloadExecutor {

    private static final Logger LOG = Logger.getLogger(ReloadExecutor.class);
    /** A begun request of 1000 long texts may take minutes. */
    private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(10);

    private final ModelRegistry registry;
    private final ModelLoader loader;
    private final Supplier<OptionalLong> freeMemory;
    private final Placement.Policy policy;
    private final Consumer<ServedModel> onServed;
    private final ReloadCounters counters;
    private final Map<String, Served> served = new ConcurrentSkipListMap<>();
    private final List<RetiredModel> replaced = new ArrayList<>();
    private boolean closedInVain;
    private volatile boolean stopped;
    private volatile Runnable onBroken = () -> {};

    /** @param onServed told each model that starts to be served, and the one that starts to be served in another way */
    public ReloadExecutor(
            ModelRegistry registry,
            ModelLoader loader,
            Supplier<OptionalLong> freeMemory,
            ReloadConfig config,
            ReloadCounters counters,
            Consumer<ServedModel> onServed) {
        this.registry = registry;
        this.loader = loader;
        this.freeMemory = freeMemory;
        this.policy = new Placement.Policy(config.reloadMode(), config.maxModelSize());
        this.counters = counters;
        this.onServed = onServed;
    }

    private record Served(LoadedModel model, ModelSettings settings) {}

    /** The served models by id. */
    Map<String, RunningModel> running() {
        Map<String, RunningModel> running = new LinkedHashMap<>();
        served.forEach((id, model) -> running.put(id, RunningModel.of(model.model(), model.settings())));
        return running;
    }

    /** The settings that the served models are served with, by id. */
    Map<String, ModelSettings> settings() {
        Map<String, ModelSettings> settings = new LinkedHashMap<>();
        served.forEach((id, model) -> settings.put(id, model.settings()));
        return settings;
    }

    /** Whether a served model cannot compute any more; plans replace it by a fresh one. */
    boolean hasBroken() {
        return served.values().stream().anyMatch(model -> model.model().fault().isPresent());
    }

    /** Names what is told when a model that is served breaks: on a thread that must not be kept. */
    void whenBroken(Runnable listener) {
        onBroken = listener;
    }

    /**
     * Does everything that may fail before the steps can be in force, beside what runs.
     *
     * @return to be committed, or closed when it is not wanted any more
     * @throws ModelUnavailableException when a model cannot be loaded
     * @throws SpaceMismatchException when another vector space must be served
     */
    Prepared prepare(Collection<Step> steps) {
        closedInVain = false;
        Prepared prepared = new Prepared();
        try {
            steps.forEach(step -> prepared.steps.add(prepare(step)));
            return prepared;
        } catch (RuntimeException | Error failure) {
            prepared.close();
            throw failure;
        }
    }

    private PreparedStep prepare(Step step) {
        LOG.debugf("%s of model %s: %s", step.getClass().getSimpleName(), step.id(), String.join("; ", step.reasons()));
        if (step instanceof Step.Add add) {
            return new PreparedStep(add.id(), load(add.id(), add.settings(), null), add.settings(), null);
        }
        if (step instanceof Step.Replace replace) {
            return replace(replace);
        }
        if (step instanceof Step.Retune retune) {
            Served before = served(retune.id());
            return new PreparedStep(retune.id(), before.model(), retune.settings(), before);
        }
        throw new SpaceMismatchException(((Step.Refuse) step).reason());
    }

    private Served served(String id) {
        Served model = served.get(id);
        if (model == null) {
            throw new IllegalStateException("No model " + id + " is served");
        }
        return model;
    }

    private PreparedStep replace(Step.Replace step) {
        Served before = served(step.id());
        LOG.infof("Loading a model beside the running one: %s", String.join("; ", step.reasons()));
        counters.attempted();
        try {
            return new PreparedStep(step.id(), load(step.id(), step.settings(), before), step.settings(), before);
        } catch (RuntimeException | Error failure) {
            counters.failed();
            allowWideRuns(true);
            throw failure;
        }
    }

    private LoadedModel load(String id, ModelSettings settings, @Nullable Served before) {
        ModelDescription description = loader.locate(settings);
        // The memory of second sessions counts as free.
        allowWideRuns(false);
        Placement placement = Placement.of(description, predecessor(before), freeMemory.get(), policy);
        if (placement instanceof Placement.Refused refused) {
            throw new ModelUnavailableException(refused.reason());
        }
        if (before != null && placement instanceof Placement.AfterClosing) {
            LOG.warnf(
                    "Memory does not allow two models: %s is closed before %s is loaded",
                    before.model().name(), description.name());
            closeServed(id);
        }
        try {
            return loadRequired(description, settings);
        } catch (RuntimeException | Error failure) {
            if (before != null && !served.containsKey(id)) {
                closedInVain = true;
                try {
                    serveAgain(id, before);
                } catch (RuntimeException | Error again) {
                    failure.addSuppressed(again);
                }
            }
            throw failure;
        }
    }

    private static Predecessor predecessor(@Nullable Served before) {
        if (before == null) {
            return Predecessor.NONE;
        }
        return before.model().fault().isPresent() ? Predecessor.BROKEN : Predecessor.WORKING;
    }

    private void closeServed(String id) {
        served.remove(id);
        publish().forEach(ReloadExecutor::drain);
    }

    /** @throws SpaceMismatchException when another vector space must be served */
    private LoadedModel loadRequired(ModelDescription description, ModelSettings settings) {
        LoadedModel model = loader.load(description, settings);
        RunningModel.of(model, settings).spaceMismatch(settings).ifPresent(mismatch -> {
            ModelLoader.discard(model);
            throw new SpaceMismatchException(mismatch);
        });
        return model;
    }

    /** Whether the last preparation closed a running model, to make room, for one that did not come. */
    boolean closedInVain() {
        return closedInVain;
    }

    /**
     * After the running model was closed for one that did not come. Its files are on disk, so nobody is asked where they
     * are: a hub may be away, or have another revision by now.
     */
    private void serveAgain(String id, Served before) {
        if (stopped) {
            return;
        }
        LoadedModel again = loadRequired(before.model().description(), before.settings());
        serve(id, again, before.settings());
        allowWideRuns(true);
    }

    private void serve(String id, LoadedModel model, ModelSettings settings) {
        Served before = served.put(id, new Served(model, settings));
        boolean loaded = before == null || !before.model().equals(model);
        replaced.addAll(publish());
        if (loaded) {
            CompletionStage<Void> unused = model.broken().thenAccept(fault -> onBroken.run());
            model.deviceFallback()
                    .ifPresent(reason -> LOG.warnf(
                            "Device %s is not usable, the CPU is used instead: %s",
                            settings.get(Setting.DEVICE), reason));
        }
        onServed.accept(new ServedModel(model, settings, loaded));
    }

    /** Serves what is to be served; returns what was served and is not any more. */
    private List<RetiredModel> publish() {
        Map<String, ModelRegistry.Entry> entries = new HashMap<>();
        served.forEach((id, model) -> entries.put(
                id,
                ModelRegistry.Entry.of(
                        model.model(),
                        new ServingOptions(
                                model.settings().get(Setting.NORMALIZE_EMBEDDINGS),
                                model.settings().get(Setting.MODEL_ALIASES),
                                model.settings().get(Setting.DIMENSIONS)))));
        return registry.serve(entries);
    }

    /** Model that can be served with its settings at once; a new one, or the one that is served. */
    private record PreparedStep(
            String id,
            LoadedModel model,
            ModelSettings settings,
            @Nullable Served before) {
        boolean isNewModel() {
            return before == null || before.model() != model;
        }
    }

    /** Steps that can be in force at once. */
    final class Prepared implements AutoCloseable {
        private final List<PreparedStep> steps = new ArrayList<>();

        private Prepared() {}

        /** Puts them into force. A model that was replaced is still to be drained: {@link #drainReplaced}. */
        void commit() {
            for (PreparedStep step : List.copyOf(steps)) {
                steps.remove(step);
                if (step.before() != null && step.isNewModel()) {
                    counters.done();
                }
                step.model().retune(step.settings().get(Setting.MAX_BATCH_SIZE));
                serve(step.id(), step.model(), step.settings());
            }
        }

        /** Leaves everything as it was, as far as it is not committed. */
        @Override
        public void close() {
            steps.stream().filter(PreparedStep::isNewModel).forEach(ReloadExecutor.this::undo);
            steps.clear();
        }
    }

    private void undo(PreparedStep step) {
        ModelLoader.discard(step.model());
        Served before = step.before();
        if (before != null) {
            counters.failed();
        }
        if (before != null && !served.containsKey(step.id())) {
            serveAgain(step.id(), before);
        } else {
            allowWideRuns(true);
        }
    }

    /** Hands over what a replaced model had not begun, waits until the rest is answered, and closes it. */
    void drainReplaced() {
        for (RetiredModel model : List.copyOf(replaced)) {
            model.model().handOver();
            drain(model);
            replaced.remove(model);
        }
        allowWideRuns(true);
    }

    /** A second session takes as much memory as the first one, so it is allowed only where that is free. */
    private void allowWideRuns(boolean allowed) {
        served.values().forEach(model -> model.model()
                .allowWideRuns(allowed && hasRoomAgain(model.model().description())));
    }

    private boolean hasRoomAgain(ModelDescription model) {
        return ModelMemory.of(model).fitsInto(freeMemory.get());
    }

    private static void drain(RetiredModel retired) {
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
        served.clear();
        for (RetiredModel last : publish()) {
            last.awaitReleased(deadlineNanos - System.nanoTime());
            last.model().close(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
        }
    }
}
