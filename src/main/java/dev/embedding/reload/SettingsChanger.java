package dev.embedding.reload;

import dev.embedding.model.ModelUnavailableException;
import dev.embedding.reload.SettingChangeException.Cause;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.StoreUnavailableException;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.StoredSettings;
import dev.embedding.settings.UnstorableValueException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** Changes stored settings on request: loads and checks first, then stores, then serves. Not thread-safe. */
final class SettingsChanger {

    private static final Logger LOG = Logger.getLogger(SettingsChanger.class);

    private final Optional<StorePoller> store;
    private final FollowedSettings followed;
    private final StatusReport report;
    private final ReloadExecutor models;
    private final ModelReload reload;
    private final BooleanSupplier isStopped;

    SettingsChanger(
            Optional<StorePoller> store,
            FollowedSettings followed,
            StatusReport report,
            ReloadExecutor models,
            ModelReload reload,
            BooleanSupplier isStopped) {
        this.store = store;
        this.followed = followed;
        this.report = report;
        this.models = models;
        this.reload = reload;
        this.isStopped = isStopped;
    }

    /**
     * Makes all of a change, or nothing.
     *
     * @return whether the stored settings say more than is in force and is to be tried now
     */
    boolean change(SettingsChange change) {
        requireRunning();
        StorePoller changed = writableStore();
        List<StoredRow> before = changed.read();
        List<StoredRow> after = change.applyTo(before);
        StoredSettings storedBefore = followed.read(before);
        StoredSettings stored = followed.read(after);
        requireGood(change, storedBefore, stored);
        Map<String, Set<Setting<?>>> concerned = change.concerned(storedBefore.settings(), stored.settings());
        List<StepGroup> steps = ReloadPlanner.planChange(
                concerned, models.running(), stored.settings().models());
        try (ReloadExecutor.Prepared prepared = models.prepare(steps)) {
            requireRunning();
            changed.write(change.texts());
            if (!isStopped.getAsBoolean()) {
                prepared.commit();
                followed.apply(stored.settings().withModels(models.settings()), change.caller());
            }
        }
        boolean othersFollowed = followed.isFollowing(before);
        followed.follow(after);
        followed.report(stored);
        if (reload.settle(stored)) {
            return false;
        }
        boolean mayBeAllowedNow =
                concerned.values().stream().anyMatch(settings -> settings.contains(Setting.REQUIRED_SPACE));
        if (!othersFollowed || mayBeAllowedNow) {
            reload.tryAgain();
            return true;
        }
        return false;
    }

    /** The values themselves are checked before; that a name may be used can only be known beside the others. */
    private void requireGood(SettingsChange change, StoredSettings before, StoredSettings after) {
        for (StoredSettings.Fault fault : after.faults()) {
            SettingKey key = fault.key();
            if (change.keys().contains(key) || !before.bad().contains(key)) {
                throw key.setting().equals(Setting.MODEL_NAME)
                        ? SettingChangeException.modelNotAllowed(key, followed.allowedModels())
                        : SettingChangeException.clash(key, fault.text());
            }
        }
    }

    private void requireRunning() {
        if (isStopped.getAsBoolean()) {
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

    /** What the caller is told about a change that failed. */
    Throwable told(Throwable failure, SettingsChange change) {
        if (failure instanceof SettingChangeException known) {
            return known;
        }
        if (failure instanceof UnstorableValueException refusal) {
            return SettingChangeException.notStorable(refusal);
        }
        if (failure instanceof StoreUnavailableException away) {
            report.storeFailed(away.reason());
            return new SettingChangeException(Cause.STORE_UNAVAILABLE, "Nothing was changed: " + away.reason() + ".");
        }
        if (failure instanceof ModelUnavailableException unavailable) {
            return new SettingChangeException(
                    Cause.MODEL_NOT_LOADED, state(change) + " and nothing was stored: " + unavailable.reason() + ".");
        }
        if (failure instanceof SpaceMismatchException refusal) {
            return new SettingChangeException(
                    Cause.SPACE_MISMATCH, "Nothing was changed: " + refusal.getMessage() + ".");
        }
        LOG.error("A change of settings failed", failure);
        return failure;
    }

    private String state(SettingsChange change) {
        if (change.keys().stream().anyMatch(SettingKey::isOfFurtherModel)) {
            return "Nothing was changed";
        }
        return models.running().containsKey(ServiceSettings.DEFAULT_MODEL)
                ? "The previous model stays active"
                : "No model is active";
    }
}
