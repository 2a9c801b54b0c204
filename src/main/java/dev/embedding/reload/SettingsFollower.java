package dev.embedding.reload;

import dev.embedding.model.ModelUnavailableException;
import dev.embedding.reload.SettingChangeException.Cause;
import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingsStore;
import dev.embedding.settings.StatusBoard;
import dev.embedding.settings.StoreUnavailableException;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.StoredSettings;
import dev.embedding.settings.UnstorableValueException;
import dev.embedding.settings.environment.EnvironmentSettings;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Follows the stored settings, and changes them on request.
 *
 * <p>Everything that takes time happens in turn on one thread: following the rows that were read last, retrying what
 * failed, and changes through the API. Each time, {@link ReloadPlanner} says what to do and {@link ReloadExecutor} does
 * it. Reading the store happens elsewhere, so that a long load never delays it; of several revisions read meanwhile only
 * the newest is followed.
 */
public final class SettingsFollower implements SettingsControl {

    private static final Logger LOG = Logger.getLogger(SettingsFollower.class);
    /** A fresh model that served as long did not break for the reason that the one before broke for. */
    private static final Duration LASTING = Duration.ofMinutes(10);

    private final Optional<StorePoller> store;
    private final StatusReport report;
    private final FollowedSettings followed;
    private final ReloadExecutor models;
    private final AuditLog.Source storeSource;
    private final LoaderThread thread = new LoaderThread();
    private volatile boolean stopped;

    // The thread's own.
    private final Backoff retries = new Backoff();
    private final Backoff replacements = new Backoff();
    private long lastReplacedNanos = System.nanoTime() - LASTING.toNanos();

    public SettingsFollower(
            EnvironmentSettings environment,
            Optional<SettingsStore> store,
            Optional<StatusBoard> board,
            String replica,
            LastGoodSettings lastGood,
            ReloadExecutor models,
            Duration pollInterval,
            AllowedModels allowedModels) {
        this.report = new StatusReport(store.map(SettingsStore::source), board, replica);
        this.followed = new FollowedSettings(environment, allowedModels, lastGood, report);
        this.store = store.map(polled -> new StorePoller(polled, report, pollInterval));
        this.models = models;
        this.storeSource = AuditLog.Source.store(source());
        models.whenBroken(() -> thread.submit(this::replaceBroken));
    }

    @Override
    public ServiceSettings current() {
        return followed.current();
    }

    @Override
    public Set<Setting<?>> given() {
        return followed.given();
    }

    @Override
    public String source() {
        return store.map(StorePoller::source).orElse("environment");
    }

    @Override
    public SettingsHealth health() {
        return report.health();
    }

    /** Kinds of faults at this moment: of rows, of the store, of settings that are not in force. */
    public int faults() {
        return report.health().faults().size();
    }

    public void start() {
        boolean unused = thread.submit(this::followFirst);
    }

    /** Follows what the store says; when it gives no response in time, what was in force last, else the environment. */
    private void followFirst() {
        store.ifPresentOrElse(this::followFirst, () -> follow(List.of()));
    }

    private void followFirst(StorePoller from) {
        Optional<List<StoredRow>> lastGood = followed.startFromLastGood();
        follow(from.readFirst(() -> stopped).orElseGet(() -> rowsWithoutStore(lastGood)));
        from.startPolling(() -> thread.submit(this::followNewest));
    }

    private static List<StoredRow> rowsWithoutStore(Optional<List<StoredRow>> lastGood) {
        LOG.warnf(
                "Starting with the %s",
                lastGood.isPresent() ? "stored settings that were in force last" : "environment's settings");
        return lastGood.orElse(List.of());
    }

    private void followNewest() {
        store.flatMap(StorePoller::takeNewest)
                .filter(rows -> !followed.isFollowing(rows))
                .ifPresent(this::follow);
    }

    private void follow(List<StoredRow> rows) {
        followed.follow(rows);
        retries.reset();
        attempt();
    }

    /** A fresh model in place of one that cannot compute any more; the sooner one broke again, the later. */
    private void replaceBroken() {
        if (stopped || !models.hasBroken()) {
            return;
        }
        Duration delay = Duration.ZERO;
        if (System.nanoTime() - lastReplacedNanos < LASTING.toNanos()) {
            delay = replacements.next();
        } else {
            replacements.reset();
        }
        LOG.errorf("The model is broken; a fresh one is loaded in %d s", delay.toSeconds());
        thread.submitAfter(delay, this::attempt);
    }

    /** Brings into force what the rows say, as far as that can be. */
    private void attempt() {
        if (stopped) {
            return;
        }
        thread.cancelLater();
        boolean wasBroken = models.hasBroken();
        StoredSettings stored = followed.readFollowed();
        report.publish();
        if (models.running().isEmpty()) {
            followed.apply(stored.settings(), storeSource);
        }
        followed.started();
        try {
            Optional<Refusal> refusal = reload(stored.settings());
            if (!stopped) {
                refusal.ifPresentOrElse(this::refused, () -> followed.inForce(stored));
            }
            if (wasBroken && !models.hasBroken()) {
                lastReplacedNanos = System.nanoTime();
            }
        } finally {
            models.drainReplaced();
            report.publish();
        }
    }

    /**
     * Settings that are not in force.
     *
     * @param reason a sentence for operators
     * @param closesModel whether each attempt closes the running model
     */
    private record Refusal(String reason, boolean closesModel) {}

    private Optional<Refusal> reload(ServiceSettings wanted) {
        Optional<Refusal> refusal = Optional.empty();
        for (Step step : ReloadPlanner.plan(models.running(), wanted.models())) {
            try {
                execute(List.of(step), wanted, storeSource);
            } catch (ModelUnavailableException | SpaceMismatchException failure) {
                refusal = Optional.of(new Refusal(String.valueOf(failure.getMessage()), models.closedInVain()));
            } catch (RuntimeException | Error failure) {
                LOG.error("The model could not be loaded", failure);
                String reason = "The model could not be loaded; the log says why";
                refusal = Optional.of(new Refusal(reason, models.closedInVain()));
            }
        }
        if (!stopped) {
            followRest(wanted, refusal.isPresent());
        }
        return refusal;
    }

    /** Settings of the process, and where a model could not be loaded, those that the running one can follow. */
    private void followRest(ServiceSettings wanted, boolean isRefused) {
        List<Step> steps = isRefused ? ReloadPlanner.planWithoutReload(models.running(), wanted.models()) : List.of();
        try {
            execute(steps, wanted, storeSource);
        } catch (RuntimeException failure) {
            // Only a broken model is loaded anew here; the next attempt does that too.
            LOG.errorf("The broken model cannot be replaced by a fresh one: %s", failure.getMessage());
        }
    }

    /** Does nothing when the process is shutting down. */
    private void execute(List<Step> steps, ServiceSettings wanted, AuditLog.Source source) {
        try (ReloadExecutor.Prepared prepared = models.prepare(steps)) {
            commit(prepared, wanted, source);
        }
    }

    private void commit(ReloadExecutor.Prepared prepared, ServiceSettings wanted, AuditLog.Source source) {
        if (!stopped) {
            prepared.commit();
            followed.apply(wanted.withModels(models.settings()), source);
        }
    }

    /** The models stay as they are, or away; another attempt is made later, unless it would do harm. */
    private void refused(Refusal refusal) {
        report.modelFails(refusal.reason());
        if (refusal.closesModel() && !models.running().isEmpty()) {
            LOG.errorf(
                    "%s (not retried before the settings change: each attempt closes the running model)",
                    refusal.reason());
            return;
        }
        Duration delay = retries.next();
        LOG.errorf("%s (next attempt in %d s)", refusal.reason(), delay.toSeconds());
        thread.submitAfter(delay, this::attempt);
    }

    @Override
    public Uni<Void> change(Map<Setting<?>, Optional<String>> changes, Optional<String> keyId) {
        SettingsChange change = new SettingsChange(changes, AuditLog.Source.api(keyId));
        return Uni.createFrom().emitter(emitter -> {
            if (!thread.submit(() -> change(change, emitter))) {
                emitter.fail(SettingChangeException.stopping());
            }
        });
    }

    private void change(SettingsChange change, UniEmitter<? super Void> emitter) {
        try {
            storeAndServe(change);
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
                    (models.running().isEmpty() ? "No model is active" : "The previous model stays active")
                            + " and nothing was stored: " + failure.reason() + "."));
        } catch (SpaceMismatchException refusal) {
            emitter.fail(new SettingChangeException(
                    Cause.SPACE_MISMATCH, "Nothing was changed: " + refusal.getMessage() + "."));
        } catch (RuntimeException | Error failure) {
            LOG.error("A change of settings failed", failure);
            emitter.fail(failure);
        }
        models.drainReplaced();
        if (models.running().isEmpty() && !thread.isTaskLeft()) {
            // The running model was closed for one that did not come, and could not be loaded again.
            attempt();
        }
        report.publish();
    }

    /** Loads and checks first, then stores, then serves: all of it or nothing. */
    private void storeAndServe(SettingsChange change) {
        requireRunning();
        StorePoller changed = writableStore();
        List<StoredRow> before = changed.read();
        List<StoredRow> after = change.applyTo(before);
        StoredSettings stored = followed.read(after);
        if (change.settings().contains(Setting.MODEL_NAME) && stored.bad().contains(Setting.MODEL_NAME)) {
            throw SettingChangeException.modelNotAllowed(followed.allowedModels());
        }
        ServiceSettings wanted = ReloadPlanner.afterChange(change.settings(), stored.settings(), models.running());
        List<Step> steps = ReloadPlanner.planChange(change.settings(), models.running(), wanted.models());
        try (ReloadExecutor.Prepared prepared = models.prepare(steps)) {
            requireRunning();
            changed.write(change.texts());
            commit(prepared, wanted, change.caller());
        }
        boolean othersFollowed = followed.isFollowing(before);
        followed.follow(after);
        followed.report(stored);
        if (ReloadPlanner.plan(models.running(), stored.settings().models()).isEmpty()) {
            thread.cancelLater();
            followed.inForce(stored);
        } else if (!othersFollowed || change.settings().contains(Setting.REQUIRED_SPACE)) {
            // What was refused for its vector space may be allowed now.
            retries.reset();
            boolean unused = thread.submit(this::attempt);
        }
    }

    private void requireRunning() {
        if (stopped) {
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

    /** Changes nothing any more; what is served stays. */
    public void stopFollowing() {
        stopped = true;
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
        thread.awaitEnd(deadline - System.nanoTime());
        models.stop(deadline);
    }
}
