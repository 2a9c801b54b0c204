package dev.embedding.reload;

import dev.embedding.model.ModelUnavailableException;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.StoredSettings;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Brings the settings of the models into force, as far as that can be: one {@link StepGroup} after the other, so that a
 * model that cannot be loaded keeps no other from following. What failed is tried again later. Not thread-safe.
 */
final class ModelReload {

    private static final Logger LOG = Logger.getLogger(ModelReload.class);

    private final ReloadExecutor models;
    private final FollowedSettings followed;
    private final StatusReport report;
    private final AuditLog.Source source;
    private final BooleanSupplier isStopped;
    private final LoadAttempts attempts = new LoadAttempts(System::nanoTime);
    private final BrokenModels broken = new BrokenModels(System::nanoTime);
    private Map<String, ModelSettings> wanted = Map.of();

    ModelReload(
            ReloadExecutor models,
            FollowedSettings followed,
            StatusReport report,
            AuditLog.Source source,
            BooleanSupplier isStopped) {
        this.models = models;
        this.followed = followed;
        this.report = report;
        this.source = source;
        this.isStopped = isStopped;
    }

    /**
     * Follows settings.
     *
     * @param givesWay asked before a model is loaded: whether newer rows wait
     * @return false when it gave way
     */
    boolean follow(StoredSettings stored, BooleanSupplier givesWay) {
        ServiceSettings settings = stored.settings();
        want(settings.models());
        Set<String> failed = new HashSet<>();
        boolean gaveWay = false;
        for (StepGroup group : ReloadPlanner.plan(models.running(), wanted)) {
            if (isStopped.getAsBoolean()) {
                return true;
            }
            if (group.mayFail() && !isDue(group)) {
                continue;
            }
            if (group.loads()) {
                gaveWay = givesWay.getAsBoolean();
                if (gaveWay) {
                    break;
                }
                models.drainReplaced();
            }
            if (!attempt(group, settings)) {
                failed.addAll(group.ids());
            }
        }
        if (!isStopped.getAsBoolean()) {
            followRest(settings, failed);
            boolean unused = noteFollowing(stored);
        }
        return !gaveWay;
    }

    private void want(Map<String, ModelSettings> settings) {
        wanted = settings;
        attempts.retain(settings.keySet());
        models.configure(settings);
    }

    private boolean isDue(StepGroup group) {
        return group.ids().stream().allMatch(id -> {
            ModelSettings settings = wanted.get(id);
            return settings == null || attempts.isDue(id, settings);
        });
    }

    private boolean attempt(StepGroup group, ServiceSettings settings) {
        try {
            execute(List.of(group), settings);
            if (group.mayFail()) {
                group.ids().forEach(broken::replaced);
            }
            return true;
        } catch (ModelUnavailableException | SpaceMismatchException failure) {
            failed(group, String.valueOf(failure.getMessage()));
        } catch (RuntimeException | Error failure) {
            LOG.error("The model could not be loaded", failure);
            failed(group, "The model could not be loaded; the log says why");
        }
        return false;
    }

    /** The models stay as they are, or away; another attempt is made later, unless it would do harm. */
    private void failed(StepGroup group, String reason) {
        if (isStopped.getAsBoolean()) {
            return;
        }
        boolean closedInVain = models.closedInVain();
        Map<String, RunningModel> running = models.running();
        for (String id : group.ids()) {
            ModelSettings settings = wanted.get(id);
            if (settings != null) {
                Optional<Duration> next = attempts.failed(id, settings, closedInVain && running.containsKey(id));
                report.modelFails(id, reason);
                LOG.errorf(
                        "%s%s (%s)",
                        id.equals(ServiceSettings.DEFAULT_MODEL) ? "" : "Model " + id + ": ",
                        reason,
                        next.map(delay -> "next attempt in " + delay.toSeconds() + " s")
                                .orElse("not retried before the settings change: each attempt closes the running"
                                        + " model"));
            }
        }
    }

    /** Where a model could not be loaded, the settings that the running one can follow. */
    private void followRest(ServiceSettings settings, Set<String> failed) {
        List<StepGroup> rest = ReloadPlanner.planWithoutReload(models.running(), wanted).stream()
                .filter(group -> !group.mayFail() || failed.containsAll(group.ids()))
                .toList();
        try {
            execute(rest, settings);
        } catch (RuntimeException failure) {
            // Only a broken model is loaded anew here; the next attempt does that too.
            LOG.errorf("The broken model cannot be replaced by a fresh one: %s", failure.getMessage());
        }
    }

    /** Does nothing when the process is shutting down. */
    private void execute(List<StepGroup> groups, ServiceSettings settings) {
        try (ReloadExecutor.Prepared prepared = models.prepare(groups)) {
            if (!isStopped.getAsBoolean()) {
                prepared.commit();
                followed.apply(settings.withModels(models.settings()), source);
            }
        }
    }

    /** Notes what a requested change has brought into force; false when a model does not follow the settings. */
    boolean settle(StoredSettings stored) {
        want(stored.settings().models());
        return noteFollowing(stored);
    }

    private boolean noteFollowing(StoredSettings stored) {
        Set<String> following = new HashSet<>(wanted.keySet());
        ReloadPlanner.plan(models.running(), wanted).forEach(group -> following.removeAll(group.ids()));
        following.forEach(attempts::succeeded);
        followed.inForce(stored, following, models.running().containsKey(ServiceSettings.DEFAULT_MODEL));
        return following.size() == wanted.size();
    }

    /** Tries models that failed again at once, except where each attempt closes the running one. */
    void tryAgain() {
        attempts.tryAgain();
    }

    /**
     * Postpones the loading of fresh models in place of those that cannot compute any more: the sooner one broke again,
     * the later.
     */
    void replaceBroken() {
        for (String id : models.broken()) {
            broken.delay(id).ifPresent(delay -> {
                LOG.errorf("The model %s is broken; a fresh one is loaded in %d s", id, delay.toSeconds());
                ModelSettings settings = wanted.get(id);
                if (settings != null) {
                    attempts.postpone(id, settings, delay);
                }
            });
        }
    }

    /** Time until the next attempt for a model; empty when none is to be made. */
    Optional<Duration> untilNext() {
        return attempts.untilNext();
    }
}
