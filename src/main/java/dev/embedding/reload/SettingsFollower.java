package dev.embedding.reload;

import dev.embedding.model.ModelUnavailableException;
import dev.embedding.reload.SettingChangeException.Cause;
import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.SettingsStore;
import dev.embedding.settings.StatusBoard;
import dev.embedding.settings.StoreUnavailableException;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.StoredSettings;
import dev.embedding.settings.UnstorableValueException;
import dev.embedding.settings.environment.EnvironmentSettings;
import dev.embedding.support.DaemonThreads;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Follows the stored settings, and changes them on request.
 *
 * <p>Everything that takes time happens in turn on one thread: following the rows that were read last, retrying what
 * failed, and changes through the API. Reading the store happens elsewhere, so that a long load never delays it; of
 * several revisions read meanwhile only the newest is followed.
 */
public final class SettingsFollower implements SettingsControl {

    private static final Logger LOG = Logger.getLogger(SettingsFollower.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
    private static final Duration SLOWEST_RETRY = Duration.ofMinutes(1);
    /** A fresh model that served as long did not break for the reason that the one before broke for. */
    private static final Duration LASTING = Duration.ofMinutes(10);

    private final ServiceSettings environment;
    private final List<SettingKey> givenByEnvironment;
    private final Optional<StorePoller> store;
    private final StatusReport report;
    private final LastGoodSettings lastGood;
    private final ModelSwitch models;
    private final ScheduledThreadPoolExecutor thread = DaemonThreads.scheduler("model-loader");

    private final AllowedModels allowedModels;
    private final AuditLog.Source storeSource;

    private volatile ServiceSettings current;
    private volatile Set<SettingKey> given;
    private final AtomicReference<ModelState> state = new AtomicReference<>(new ModelState.Loading());

    // The thread's own.
    private boolean hasFollowed;
    private List<StoredRow> followed = List.of();
    private String followedHash = "";
    private Set<String> loggedFaults = Set.of();
    private Duration retryAfter = FIRST_RETRY;
    private @Nullable ScheduledFuture<?> retry;
    private Duration replaceAfter = Duration.ZERO;
    private long lastReplacedNanos = System.nanoTime() - LASTING.toNanos();

    public SettingsFollower(
            EnvironmentSettings environment,
            Optional<SettingsStore> store,
            Optional<StatusBoard> board,
            String replica,
            LastGoodSettings lastGood,
            ModelSwitch models,
            Duration pollInterval,
            AllowedModels allowedModels) {
        this.environment = environment.settings();
        this.givenByEnvironment = environment.given();
        this.current = environment.settings();
        this.given = Set.copyOf(environment.given());
        this.report = new StatusReport(store.map(SettingsStore::source), board, replica);
        this.store = store.map(followed -> new StorePoller(followed, report, pollInterval));
        this.lastGood = lastGood;
        this.models = models;
        this.allowedModels = allowedModels;
        this.storeSource = AuditLog.Source.store(source());
        models.whenBroken(() -> submit(this::replaceBroken));
    }

    @Override
    public ServiceSettings current() {
        return current;
    }

    @Override
    public Set<SettingKey> given() {
        return given;
    }

    @Override
    public String source() {
        return store.map(StorePoller::source).orElse("environment");
    }

    @Override
    public SettingsHealth health() {
        return report.health();
    }

    public ModelState state() {
        return state.get();
    }

    /** Stopped is for good. */
    private void become(ModelState next) {
        state.updateAndGet(now -> now instanceof ModelState.Stopped ? now : next);
    }

    /** Kinds of faults at this moment: of rows, of the store, of settings that are not in force. */
    public int faults() {
        return report.health().faults().size();
    }

    public void start() {
        boolean unused = submit(this::followFirst);
    }

    /** Follows what the store says; when it gives no response in time, what was in force last, else the environment. */
    private void followFirst() {
        store.ifPresentOrElse(this::followFirst, () -> follow(List.of()));
    }

    private void followFirst(StorePoller from) {
        Optional<List<StoredRow>> kept = lastGood.read(environment);
        // A row that is bad now keeps the value that it had when this replica served last.
        kept.ifPresent(rows -> current =
                StoredSettings.of(rows, environment, environment, allowedModels).settings());
        follow(from.readFirst(this::isStopped).orElseGet(() -> rowsWithoutStore(kept)));
        from.startPolling(() -> submit(this::followNewest));
    }

    private static List<StoredRow> rowsWithoutStore(Optional<List<StoredRow>> kept) {
        LOG.warnf(
                "Starting with the %s",
                kept.isPresent() ? "stored settings that were in force last" : "environment's settings");
        return kept.orElse(List.of());
    }

    private boolean submit(Runnable task) {
        try {
            thread.execute(guarded(task));
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error failure) {
                LOG.error("Following the settings failed", failure);
            }
        };
    }

    private void followNewest() {
        store.flatMap(StorePoller::takeNewest)
                .filter(rows -> !StoredSettings.contentHash(rows).equals(followedHash))
                .ifPresent(this::follow);
    }

    private void follow(List<StoredRow> rows) {
        followed = rows;
        followedHash = StoredSettings.contentHash(rows);
        retryAfter = FIRST_RETRY;
        attempt();
    }

    /** A fresh model in place of one that cannot compute any more; the sooner one broke again, the later. */
    private void replaceBroken() {
        if (isStopped() || !models.isBroken()) {
            return;
        }
        boolean soon = System.nanoTime() - lastReplacedNanos < LASTING.toNanos();
        replaceAfter = soon ? longer(replaceAfter) : Duration.ZERO;
        LOG.errorf("The model is broken; a fresh one is loaded in %d s", replaceAfter.toSeconds());
        attemptAfter(replaceAfter);
    }

    private static Duration longer(Duration before) {
        Duration next = before.isZero() ? FIRST_RETRY : before.multipliedBy(2);
        return next.compareTo(SLOWEST_RETRY) < 0 ? next : SLOWEST_RETRY;
    }

    private void attemptAfter(Duration delay) {
        cancelRetry();
        try {
            retry = thread.schedule(guarded(this::attempt), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The process is shutting down");
        }
    }

    /** Brings into force what the rows say, as far as that can be. */
    private void attempt() {
        if (isStopped()) {
            return;
        }
        cancelRetry();
        boolean wasBroken = models.isBroken();
        StoredSettings stored = StoredSettings.of(followed, environment, current, allowedModels);
        logNew(stored.faults());
        report.following(followedHash, stored.faults());
        report.publish();
        if (models.settings().isEmpty()) {
            apply(stored.settings(), storeSource);
        }
        hasFollowed = true;
        try (ModelSwitch.Prepared prepared = models.prepare(stored.settings())) {
            if (commit(prepared, stored.settings(), storeSource)) {
                report.modelFollows();
                inForce(stored);
            }
        } catch (ModelUnavailableException | SpaceMismatchException failure) {
            refused(stored, String.valueOf(failure.getMessage()));
        } catch (RuntimeException | Error failure) {
            LOG.error("The model could not be loaded", failure);
            refused(stored, "The model could not be loaded; the log says why");
        }
        if (wasBroken && !models.isBroken()) {
            lastReplacedNanos = System.nanoTime();
        }
        models.drainReplaced();
        report.publish();
    }

    /** Whether the settings are in force; they are not when the process is shutting down. */
    private boolean commit(ModelSwitch.Prepared prepared, ServiceSettings settings, AuditLog.Source source) {
        if (isStopped()) {
            return false;
        }
        prepared.commit();
        apply(settings, source);
        become(new ModelState.Serving());
        return true;
    }

    /** What holds at start is no change. */
    private void apply(ServiceSettings settings, AuditLog.Source source) {
        if (hasFollowed) {
            AuditLog.applied(current, settings, source);
        }
        current = settings;
    }

    private void inForce(StoredSettings stored) {
        Set<SettingKey> values = new HashSet<>(givenByEnvironment);
        values.addAll(stored.stored());
        given = Set.copyOf(values);
        if (stored.bad().isEmpty()) {
            report.applied(followedHash);
        }
        if (store.isPresent()) {
            lastGood.write(rowsInForce(stored));
        }
    }

    /** The values of all rows, bad ones with the value that is kept. */
    private static List<StoredRow> rowsInForce(StoredSettings stored) {
        return stored.settings().values().entrySet().stream()
                .filter(entry ->
                        stored.stored().contains(entry.getKey()) || stored.bad().contains(entry.getKey()))
                .map(entry -> new StoredRow(entry.getKey().key(), SettingKey.text(entry.getValue())))
                .toList();
    }

    /** The model stays as it is, or away; everything else is followed; another attempt is made later. */
    private void refused(StoredSettings stored, String reason) {
        Optional<ServiceSettings> running = models.settings();
        boolean closedInVain = models.closedInVain();
        LOG.errorf("%s (next attempt in %d s)", reason, retryAfter.toSeconds());
        if (running.isEmpty()) {
            become(new ModelState.Failed(reason));
        } else {
            followBesides(stored.settings(), running.get());
        }
        report.modelFails(reason);
        if (running.isPresent() && closedInVain) {
            LOG.error("Not retried before the settings change: each attempt closes the running model");
            return;
        }
        attemptAfter(retryAfter);
        retryAfter = longer(retryAfter);
    }

    private void followBesides(ServiceSettings wanted, ServiceSettings running) {
        ServiceSettings possible = wanted.with(running, ReloadPlan.REQUIRING_LOAD);
        ServiceSettings sameVectors = possible.with(running, Set.of(SettingKey.NORMALIZE_EMBEDDINGS));
        ServiceSettings sameSpace = sameVectors.with(running, Set.of(SettingKey.REQUIRED_SPACE));
        if (!isFollowed(possible) && !isFollowed(sameVectors)) {
            boolean unused = isFollowed(sameSpace);
        }
    }

    /** Whether the settings do not lead to another vector space than the one that they require. */
    private boolean isFollowed(ServiceSettings settings) {
        try (ModelSwitch.Prepared prepared = models.prepare(settings)) {
            boolean unused = commit(prepared, settings, storeSource);
            return true;
        } catch (SpaceMismatchException refusal) {
            return false;
        } catch (RuntimeException failure) {
            // Only a broken model is loaded anew here; the next attempt does that too.
            LOG.errorf("The broken model cannot be replaced by a fresh one: %s", failure.getMessage());
            return true;
        }
    }

    private void cancelRetry() {
        if (retry != null) {
            retry.cancel(false);
            retry = null;
        }
    }

    private void logNew(List<String> faults) {
        faults.stream().filter(fault -> !loggedFaults.contains(fault)).forEach(LOG::warn);
        loggedFaults = Set.copyOf(faults);
    }

    @Override
    public Uni<Void> change(Map<SettingKey, Optional<String>> changes, Optional<String> keyId) {
        AuditLog.Source caller = AuditLog.Source.api(keyId);
        return Uni.createFrom().emitter(emitter -> {
            if (!submit(() -> change(changes, caller, emitter))) {
                emitter.fail(SettingChangeException.stopping());
            }
        });
    }

    private void change(
            Map<SettingKey, Optional<String>> changes, AuditLog.Source caller, UniEmitter<? super Void> emitter) {
        try {
            changeStored(changes, caller);
            emitter.complete(null);
        } catch (SettingChangeException refusal) {
            emitter.fail(refusal);
        } catch (UnstorableValueException refusal) {
            emitter.fail(SettingChangeException.notStorable(refusal));
        } catch (StoreUnavailableException away) {
            report.storeFailed(away.reason());
            emitter.fail(
                    new SettingChangeException(Cause.STORE_UNAVAILABLE, "Nothing was changed: " + away.reason() + "."));
        } catch (ModelUnavailableException failure) {
            emitter.fail(new SettingChangeException(
                    Cause.MODEL_NOT_LOADED,
                    (models.settings().isPresent() ? "The previous model stays active" : "No model is active")
                            + " and nothing was stored: " + failure.reason() + "."));
        } catch (SpaceMismatchException refusal) {
            emitter.fail(new SettingChangeException(
                    Cause.SPACE_MISMATCH, "Nothing was changed: " + refusal.getMessage() + "."));
        } catch (RuntimeException | Error failure) {
            LOG.error("A change of settings failed", failure);
            emitter.fail(failure);
        }
        models.drainReplaced();
        if (models.settings().isEmpty() && retry == null) {
            // The running model was closed for one that did not come, and could not be loaded again.
            attempt();
        }
        report.publish();
    }

    private void changeStored(Map<SettingKey, Optional<String>> changes, AuditLog.Source caller) {
        requireRunning();
        StorePoller changed = writableStore();
        List<StoredRow> before = changed.read();
        List<StoredRow> after = changed(before, changes);
        StoredSettings stored = StoredSettings.of(after, environment, current, allowedModels);
        if (changes.containsKey(SettingKey.MODEL_NAME) && stored.bad().contains(SettingKey.MODEL_NAME)) {
            throw SettingChangeException.modelNotAllowed(allowedModels);
        }
        Map<String, Optional<String>> texts = new HashMap<>();
        changes.forEach((key, text) -> texts.put(key.key(), text));
        if (models.settings().isEmpty()
                && !concernsModel(changes.keySet())
                && !changes.containsKey(SettingKey.REQUIRED_SPACE)) {
            // The model that is requested cannot be loaded; that is no matter of this change, and is tried again by
            // itself.
            changed.write(texts);
            apply(stored.settings(), caller);
            nowFollowed(after, stored);
            return;
        }
        ServiceSettings wanted = wanted(stored.settings(), changes.keySet());
        try (ModelSwitch.Prepared prepared = models.prepare(wanted)) {
            requireRunning();
            changed.write(texts);
            boolean unused = commit(prepared, wanted, caller);
        }
        boolean othersFollowed = StoredSettings.contentHash(before).equals(followedHash);
        nowFollowed(after, stored);
        if (wanted.equals(stored.settings())) {
            cancelRetry();
            report.modelFollows();
            inForce(stored);
        } else if (!othersFollowed || changes.containsKey(SettingKey.REQUIRED_SPACE)) {
            // What was refused for its vector space may be allowed now.
            retryAfter = FIRST_RETRY;
            boolean unused = submit(this::attempt);
        }
    }

    private void nowFollowed(List<StoredRow> rows, StoredSettings stored) {
        followed = rows;
        followedHash = StoredSettings.contentHash(rows);
        logNew(stored.faults());
        report.following(followedHash, stored.faults());
    }

    private static boolean concernsModel(Set<SettingKey> changed) {
        return ReloadPlan.REQUIRING_LOAD.stream().anyMatch(changed::contains);
    }

    /** What else is stored and is not in force, because it cannot be or not yet, is no matter of a change. */
    private ServiceSettings wanted(ServiceSettings stored, Set<SettingKey> changed) {
        Optional<ServiceSettings> running = models.settings();
        if (running.isEmpty() || concernsModel(changed)) {
            return stored;
        }
        Set<SettingKey> others = EnumSet.copyOf(ReloadPlan.REQUIRING_LOAD);
        others.addAll(Set.of(SettingKey.NORMALIZE_EMBEDDINGS, SettingKey.REQUIRED_SPACE));
        others.removeAll(changed);
        return stored.with(running.get(), others);
    }

    private void requireRunning() {
        if (isStopped()) {
            throw SettingChangeException.stopping();
        }
    }

    private StorePoller writableStore() {
        StorePoller changed = store.orElseThrow(SettingChangeException::storeOff);
        if (changed.isReadOnly()) {
            throw new SettingChangeException(
                    Cause.READ_ONLY, "The settings' file is read-only; change it where it comes from.");
        }
        return changed;
    }

    private static List<StoredRow> changed(List<StoredRow> before, Map<SettingKey, Optional<String>> changes) {
        List<StoredRow> after = new ArrayList<>(before);
        changes.forEach((key, text) -> {
            boolean wasStored = after.removeIf(row -> row.key().equals(key.key()));
            if (text.isEmpty() && !wasStored) {
                throw new SettingChangeException(Cause.NOT_STORED, "The setting " + key.key() + " is not stored.");
            }
            text.ifPresent(value -> after.add(new StoredRow(key.key(), value)));
        });
        return after;
    }

    private boolean isStopped() {
        return state.get() instanceof ModelState.Stopped;
    }

    /** Changes nothing any more; what is served stays. */
    public void stopFollowing() {
        become(new ModelState.Stopped());
        store.ifPresent(StorePoller::stop);
        thread.shutdown();
        models.stopLoading();
    }

    /**
     * Serves nothing any more; accepted requests are answered as far as the time allows. A load is waited for: ending the
     * process while the engine opens a model would crash it.
     */
    public void stop(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        stopFollowing();
        boolean unused = thread.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        models.stop(deadline);
    }
}
