package dev.embedding.reload;

import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.reload.Placement.Predecessor;
import dev.embedding.reload.ServedModels.Replaced;
import dev.embedding.reload.ServedModels.Served;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.RetiredModel;
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
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Executes the steps of a {@link ReloadPlanner}: load, verify, swap, drain. One model is loaded at a time, beside those
 * that are served. The {@link SettingsFollower}'s thread calls it; any thread may call {@link #stopLoading} and {@link
 * #stop}.
 */
public final class ReloadExecutor {

    private static final Logger LOG = Logger.getLogger(ReloadExecutor.class);
    /** A begun request of 1000 long texts may take minutes. */
    private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(10);

    private final ServedModels served;
    private final ModelLoader loader;
    private final Supplier<OptionalLong> freeMemory;
    private final WideRuns<LoadedModel> wideRuns;
    private final Placement.Policy policy;
    private final ServingListener listener;
    private final ReloadCounters counters;
    private final List<Replaced> replaced = new ArrayList<>();
    private boolean closedInVain;
    private volatile boolean stopped;
    private volatile Runnable onBroken = () -> {};

    public ReloadExecutor(
            ModelRegistry registry,
            ModelLoader loader,
            Supplier<OptionalLong> freeMemory,
            ReloadConfig config,
            ReloadCounters counters,
            ServingListener listener) {
        this.served = new ServedModels(registry);
        this.loader = loader;
        this.freeMemory = freeMemory;
        this.wideRuns = WideRuns.ofModels(freeMemory);
        this.policy = new Placement.Policy(config.reloadMode(), config.maxModelSize());
        this.counters = counters;
        this.listener = listener;
    }

    /** The served models by id. */
    Map<String, RunningModel> running() {
        Map<String, RunningModel> running = new LinkedHashMap<>();
        served.all().forEach((id, model) -> running.put(id, model.running()));
        return running;
    }

    /** The settings that the served models are served with, by id. */
    Map<String, ModelSettings> settings() {
        return served.settings();
    }

    /** Names the models that are configured, so that requests for one that is not served are told so. */
    void configure(Map<String, ModelSettings> models) {
        served.configure(models);
    }

    /** Ids of served models that cannot compute any more; plans replace them by fresh ones. */
    Set<String> broken() {
        return served.all().entrySet().stream()
                .filter(model -> model.getValue().model().fault().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
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
    Prepared prepare(Collection<StepGroup> groups) {
        closedInVain = false;
        Prepared prepared = new Prepared();
        try {
            for (StepGroup group : groups) {
                for (Step step : group.steps()) {
                    prepared.steps.add(prepare(step));
                }
                prepared.vacated.addAll(group.vacated());
            }
            return prepared;
        } catch (RuntimeException | Error failure) {
            prepared.close();
            throw failure;
        }
    }

    private PreparedStep prepare(Step step) {
        LOG.debugf("%s of model %s: %s", step.getClass().getSimpleName(), step.id(), String.join("; ", step.reasons()));
        if (step instanceof Step.Add add) {
            return new PreparedStep(add.id(), new Served(load(add.id(), add.settings(), null), add.settings()), null);
        }
        if (step instanceof Step.Replace replace) {
            return replace(replace);
        }
        if (step instanceof Step.Rebind rebind) {
            LoadedModel model = running(rebind.from()).model();
            return new PreparedStep(rebind.id(), new Served(model, rebind.settings()), null);
        }
        if (step instanceof Step.Retune retune) {
            Served before = running(retune.id());
            return new PreparedStep(retune.id(), new Served(before.model(), retune.settings()), before);
        }
        if (step instanceof Step.Remove remove) {
            return new PreparedStep(remove.id(), null, running(remove.id()));
        }
        throw new SpaceMismatchException(((Step.Refuse) step).reason());
    }

    private Served running(String id) {
        return served.of(id).orElseThrow(() -> new IllegalStateException("No model " + id + " is served"));
    }

    private PreparedStep replace(Step.Replace step) {
        Served before = running(step.id());
        LOG.infof("Loading a model beside the running one: %s", String.join("; ", step.reasons()));
        counters.attempted();
        try {
            LoadedModel model = load(step.id(), step.settings(), before);
            return new PreparedStep(step.id(), new Served(model, step.settings()), before);
        } catch (RuntimeException | Error failure) {
            counters.failed();
            throw failure;
        }
    }

    /** @param before model that is closed where there is no memory beside it, and closing it loses nothing */
    private LoadedModel load(String id, ModelSettings settings, @Nullable Served before) {
        ModelDescription description = loader.locate(settings);
        try {
            Placement placement = place(description, predecessor(before));
            if (placement instanceof Placement.Refused refused) {
                throw new ModelUnavailableException(refused.reason());
            }
            if (before != null && placement instanceof Placement.AfterClosing) {
                LOG.warnf(
                        "Memory does not allow two models: %s is closed before %s is loaded",
                        before.model().name(), description.name());
                closeServed(id);
            }
            return loadRequired(description, settings);
        } catch (RuntimeException | Error failure) {
            if (before != null && served.of(id).isEmpty()) {
                closedInVain = true;
                try {
                    serveAgain(id, before);
                } catch (RuntimeException | Error again) {
                    failure.addSuppressed(again);
                }
            }
            allowWideRuns();
            throw failure;
        }
    }

    /** The memory of second sessions counts as free; they are closed only where it is needed. */
    private Placement place(ModelDescription description, Predecessor predecessor) {
        Placement placement = Placement.of(description, predecessor, wideRuns.unreservedMemory(), policy);
        if (placement instanceof Placement.Beside) {
            return placement;
        }
        wideRuns.forbid();
        return Placement.of(description, predecessor, freeMemory.get(), policy);
    }

    private static Predecessor predecessor(@Nullable Served before) {
        if (before == null) {
            return Predecessor.NONE;
        }
        return before.model().fault().isPresent() ? Predecessor.BROKEN : Predecessor.WORKING;
    }

    private void closeServed(String id) {
        Map<String, Served> others = new HashMap<>(served.all());
        others.remove(id);
        served.serve(others).forEach(closed -> drain(closed.model()));
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
        Map<String, Served> all = new HashMap<>(served.all());
        all.put(id, new Served(again, before.settings()));
        serve(all);
    }

    /** Serves these models, and tells what changed. */
    private void serve(Map<String, Served> models) {
        Map<String, Served> before = served.all();
        Set<LoadedModel> running = before.values().stream().map(Served::model).collect(Collectors.toSet());
        models.values().forEach(model -> model.model()
                .retune(
                        model.settings().get(Setting.MAX_BATCH_SIZE),
                        model.settings().get(Setting.LANE_SHARE)));
        replaced.addAll(served.serve(models));
        before.keySet().stream().filter(id -> !models.containsKey(id)).forEach(id -> {
            LOG.infof("Model %s is not served any more", id);
            listener.removed(new RemovedModel(id));
        });
        served.all().forEach((id, model) -> {
            if (!model.equals(before.get(id))) {
                tell(id, model, !running.contains(model.model()));
            }
        });
    }

    private void tell(String id, Served model, boolean loaded) {
        if (loaded) {
            CompletionStage<Void> unused = model.model().broken().thenAccept(fault -> onBroken.run());
            model.model()
                    .deviceFallback()
                    .ifPresent(reason -> LOG.warnf(
                            "Device %s is not usable, the CPU is used instead: %s",
                            model.settings().get(Setting.DEVICE), reason));
        }
        listener.served(new ServedModel(id, model.model(), model.settings(), loaded));
    }

    /**
     * Model that can be served at once.
     *
     * @param next a new model, or one that is served; null where none is to be served any more
     * @param before model that it replaces
     */
    private record PreparedStep(
            String id, @Nullable Served next, @Nullable Served before) {}

    /** Steps that can be in force at once. */
    final class Prepared implements AutoCloseable {
        private final List<PreparedStep> steps = new ArrayList<>();
        private final List<String> vacated = new ArrayList<>();

        private Prepared() {}

        /** Puts them into force. Models that were replaced are still to be drained: {@link #drainReplaced}. */
        void commit() {
            Map<String, Served> next = new HashMap<>(served.all());
            vacated.forEach(next::remove);
            for (PreparedStep step : steps) {
                if (step.next() == null) {
                    next.remove(step.id());
                } else {
                    next.put(step.id(), step.next());
                }
                if (step.before() != null && isNew(step)) {
                    counters.done();
                }
            }
            steps.clear();
            serve(next);
        }

        /** Leaves everything as it was, as far as it is not committed. */
        @Override
        public void close() {
            List<PreparedStep> fresh =
                    steps.stream().filter(ReloadExecutor.this::isNew).toList();
            steps.clear();
            fresh.forEach(ReloadExecutor.this::undo);
        }
    }

    private boolean isNew(PreparedStep step) {
        Served next = step.next();
        return next != null && served.all().values().stream().noneMatch(model -> model.model() == next.model());
    }

    private void undo(PreparedStep step) {
        if (step.next() != null) {
            ModelLoader.discard(step.next().model());
        }
        Served before = step.before();
        if (before != null) {
            counters.failed();
            if (served.of(step.id()).isEmpty()) {
                serveAgain(step.id(), before);
            }
        }
        allowWideRuns();
    }

    /**
     * Closes the models that are not served any more, once their requests are answered. What a replaced model has not
     * begun is handed over to its successor.
     */
    void drainReplaced() {
        for (Replaced model : List.copyOf(replaced)) {
            if (model.isReplaced()) {
                model.model().model().handOver();
            }
            drain(model.model());
            replaced.remove(model);
        }
        allowWideRuns();
    }

    private void allowWideRuns() {
        wideRuns.allow(served.all().values().stream().map(Served::model).toList());
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
        for (Replaced last : served.serve(Map.of())) {
            last.model().awaitReleased(deadlineNanos - System.nanoTime());
            last.model().model().close(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
        }
    }
}
