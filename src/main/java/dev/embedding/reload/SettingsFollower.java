package dev.embedding.reload;

import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.SettingsStore;
import dev.embedding.settings.StatusBoard;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.StoredSettings;
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

    private final Optional<StorePoller> store;
    private final StatusReport report;
    private final FollowedSettings followed;
    private final ReloadExecutor models;
    private final AuditLog.Source storeSource;
    private final LoaderThread thread = new LoaderThread();
    private volatile boolean stopped;

    // The thread's own.
    private final ModelReload reload;
    private final SettingsChanger changer;

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
        this.reload = new ModelReload(models, followed, report, storeSource, () -> stopped);
        this.changer = new SettingsChanger(this.store, followed, report, models, reload, () -> stopped);
        models.whenBroken(() -> thread.submit(this::replaceBroken));
    }

    @Override
    public ServiceSettings current() {
        return followed.current();
    }

    @Override
    public Set<SettingKey> given() {
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

    private boolean areNewerRowsWaiting() {
        return store.flatMap(StorePoller::newest)
                .filter(rows -> !followed.isFollowing(rows))
                .isPresent();
    }

    private void follow(List<StoredRow> rows) {
        followed.follow(rows);
        reload.tryAgain();
        attempt();
    }

    private void replaceBroken() {
        if (!stopped) {
            reload.replaceBroken();
            tryLater();
        }
    }

    /** Brings into force what the rows say, as far as that can be. */
    private void attempt() {
        if (stopped) {
            return;
        }
        thread.cancelLater();
        StoredSettings stored = followed.readFollowed();
        followed.apply(stored.settings().withModels(models.settings()), storeSource);
        followed.started();
        report.publish();
        boolean finished = true;
        try {
            finished = reload.follow(stored, this::areNewerRowsWaiting);
        } finally {
            models.drainReplaced();
            report.publish();
        }
        if (finished) {
            tryLater();
        } else {
            // After the newer rows, which make it needless.
            thread.submitAfter(Duration.ZERO, this::attempt);
        }
    }

    private void tryLater() {
        reload.untilNext().ifPresent(delay -> thread.submitAfter(delay, this::attempt));
    }

    @Override
    public Uni<Void> change(Map<SettingKey, Optional<String>> changes, Optional<String> keyId) {
        SettingsChange change = new SettingsChange(changes, AuditLog.Source.api(keyId));
        return Uni.createFrom().emitter(emitter -> {
            if (!thread.submit(() -> change(change, emitter))) {
                emitter.fail(SettingChangeException.stopping());
            }
        });
    }

    private void change(SettingsChange change, UniEmitter<? super Void> emitter) {
        try {
            boolean othersWait = changer.change(change);
            emitter.complete(null);
            if (othersWait) {
                boolean unused = thread.submit(this::attempt);
            } else {
                thread.cancelLater();
                tryLater();
            }
        } catch (RuntimeException | Error failure) {
            emitter.fail(changer.told(failure, change));
        }
        models.drainReplaced();
        if (!models.running().containsKey(ServiceSettings.DEFAULT_MODEL) && !thread.isTaskLeft()) {
            // The running model was closed for one that did not come, and could not be loaded again.
            attempt();
        }
        report.publish();
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
