package dev.embedding.reload;

import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.StoredSettings;
import dev.embedding.settings.environment.EnvironmentSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    private volatile Set<Setting<?>> given;

    private boolean started;
    private List<StoredRow> rows = List.of();
    private String hash = "";
    private Set<String> loggedFaults = Set.of();

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

    /** Settings in force. */
    ServiceSettings current() {
        return current;
    }

    /** Settings that have a stored value in force, or one in the environment. */
    Set<Setting<?>> given() {
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
        Optional<List<StoredRow>> kept = lastGood.read(environment.settings());
        kept.ifPresent(storedRows -> current = read(storedRows).settings());
        return kept;
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
        stored.faults().stream().filter(fault -> !loggedFaults.contains(fault)).forEach(LOG::warn);
        loggedFaults = Set.copyOf(stored.faults());
        report.following(hash, stored.faults());
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

    /** All that the rows say is in force. */
    void inForce(StoredSettings stored) {
        Set<Setting<?>> values = new HashSet<>(environment.given());
        values.addAll(stored.stored());
        given = Set.copyOf(values);
        report.modelFollows();
        if (stored.bad().isEmpty()) {
            report.applied(hash);
        }
        if (report.hasStore()) {
            lastGood.write(rowsInForce(stored));
        }
    }

    /** The values of all rows, bad ones with the value that is kept. */
    private static List<StoredRow> rowsInForce(StoredSettings stored) {
        return Setting.all().stream()
                .filter(setting ->
                        stored.stored().contains(setting) || stored.bad().contains(setting))
                .map(setting ->
                        new StoredRow(setting.key(), stored.settings().values().text(setting)))
                .toList();
    }
}
