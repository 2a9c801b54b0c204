package dev.embedding.reload;

import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.SettingValues;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.StoredSettings;
import dev.embedding.settings.environment.EnvironmentSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * The rows that are followed, and the settings that are in force. Written by the {@link SettingsFollower}'s thread;
 * {@link #current} and {@link #given} may be called by any.
 */
final class FollowedSettings {

    private static final Logger LOG = Logger.getLogger(FollowedSettings.class);

    private final EnvironmentSettings environment;
    private final AllowedModels allowedModels;
    private final LastGoodSettings lastGood;
    private final StatusReport report;

    private volatile ServiceSettings current;
    private volatile Set<SettingKey> given;

    private boolean started;
    private List<StoredRow> rows = List.of();
    private String hash = "";
    private Set<String> logged = Set.of();
    private Optional<List<StoredRow>> kept = Optional.empty();

    FollowedSettings(
            EnvironmentSettings environment,
            AllowedModels allowedModels,
            LastGoodSettings lastGood,
            StatusReport report) {
        this.environment = environment;
        this.allowedModels = allowedModels;
        this.lastGood = lastGood;
        this.report = report;
        this.current = environment.settings();
        this.given = Set.copyOf(environment.given());
    }

    /** Settings in force; a further model that is not served has those that are wanted. */
    ServiceSettings current() {
        return current;
    }

    /** Keys that have a stored value, or one in the environment. */
    Set<SettingKey> given() {
        return given;
    }

    AllowedModels allowedModels() {
        return allowedModels;
    }

    /**
     * The rows that were in force when this replica served last, whose values bad rows keep; empty when they are not
     * known.
     */
    Optional<List<StoredRow>> startFromLastGood() {
        Optional<List<StoredRow>> last = lastGood.read(environment.settings());
        last.ifPresent(storedRows -> current = read(storedRows).settings());
        return last;
    }

    /** What rows mean; bad ones keep the value that is in force. */
    StoredSettings read(List<StoredRow> storedRows) {
        return StoredSettings.of(storedRows, environment.settings(), current, allowedModels);
    }

    boolean isFollowing(List<StoredRow> storedRows) {
        return StoredSettings.contentHash(storedRows).equals(hash);
    }

    /** Follows these rows from now on. */
    void follow(List<StoredRow> storedRows) {
        rows = storedRows;
        hash = StoredSettings.contentHash(storedRows);
    }

    /** Reads the rows that are followed, and reports what is wrong with them. */
    StoredSettings readFollowed() {
        StoredSettings stored = read(rows);
        report(stored);
        return stored;
    }

    /** Reports what is wrong with the rows that are followed. */
    void report(StoredSettings stored) {
        Set<String> texts = new HashSet<>(stored.warnings());
        stored.faults().forEach(fault -> texts.add(fault.text()));
        texts.stream().filter(text -> !logged.contains(text)).sorted().forEach(LOG::warn);
        logged = Set.copyOf(texts);
        report.following(new FollowedRows(rows, stored));
    }

    /** Records settings that came into force. */
    void apply(ServiceSettings settings, AuditLog.Source source) {
        if (started) {
            AuditLog.applied(current, settings, source);
        }
        current = settings;
    }

    /** What comes into force from now on is a change; what holds at the start is none. */
    void started() {
        started = true;
    }

    /**
     * Notes which of the followed settings are in force.
     *
     * @param following ids of the models that have the settings that the rows say
     * @param isServing whether the default model is served
     */
    void inForce(StoredSettings stored, Set<String> following, boolean isServing) {
        Set<SettingKey> values = new HashSet<>(environment.given());
        values.addAll(stored.stored());
        given = Set.copyOf(values);
        following.forEach(id -> {
            report.modelFollows(id);
            if (stored.faultsOf(id).isEmpty()) {
                report.applied(id);
            }
        });
        if (stored.bad().isEmpty()
                && following.containsAll(stored.settings().models().keySet())) {
            report.applied();
        }
        if (report.hasStore() && isServing) {
            keep(rowsInForce(stored));
        }
    }

    private void keep(List<StoredRow> inForce) {
        if (!kept.equals(Optional.of(inForce))) {
            lastGood.write(inForce);
            kept = Optional.of(inForce);
        }
    }

    /** The rows that lead to the settings in force: those that are stored, and those that differ from the environment. */
    private List<StoredRow> rowsInForce(StoredSettings stored) {
        ServiceSettings inForce = current;
        Map<String, SettingKey> keys = new TreeMap<>(inForce.keys());
        keys.values()
                .removeIf(key -> !stored.stored().contains(key)
                        && !stored.bad().contains(key)
                        && inForce.text(key).equals(withoutRow(key)));
        List<StoredRow> inForceRows = new ArrayList<>();
        keys.values()
                .forEach(key -> inForce.text(key).ifPresent(text -> inForceRows.add(new StoredRow(key.text(), text))));
        return inForceRows;
    }

    /** The value that a key has without a row. */
    private Optional<String> withoutRow(SettingKey key) {
        ServiceSettings ofEnvironment = environment.settings();
        if (!key.isOfFurtherModel()) {
            return ofEnvironment.text(key);
        }
        SettingValues own = ofEnvironment.further().getOrDefault(key.model(), SettingValues.NONE);
        SettingValues named = own.has(Setting.MODEL_NAME)
                ? own
                : own.toBuilder().set(Setting.MODEL_NAME, "").build();
        return new ServiceSettings(current.values(), Map.of(key.model(), named)).text(key);
    }
}
