package dev.embedding.reload;

import dev.embedding.reload.SettingsHealth.Fault;
import dev.embedding.settings.StatusBoard;
import dev.embedding.settings.StatusBoard.ReplicaStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Status of following the settings, for {@code /health} and for the status table. Thread-safe. */
final class StatusReport {

    private static final Logger LOG = Logger.getLogger(StatusReport.class);
    private static final String DATABASE = "database";
    private static final String SETTINGS_FAULT = "settings_fault";
    private static final String MODEL_FAULT = "model_fault";

    private final Optional<String> source;
    private final Optional<StatusBoard> board;
    private final String replica;
    private final String storeFault;
    private final Map<String, Fault> faults = new LinkedHashMap<>();
    /** Since the store answered last: an outage may show its cause only after a first timeout. */
    private final Set<String> loggedOfStore = new HashSet<>();

    private String seen = "";
    private String applied = "";
    private boolean writing;
    /** Whether something changed since the write that is going on began. */
    private boolean outdated;

    /** @param source of stored settings; empty when there are none */
    StatusReport(Optional<String> source, Optional<StatusBoard> board, String replica) {
        this.source = source;
        this.board = board;
        this.replica = replica;
        this.storeFault = source.orElse("settings") + "_fault";
    }

    /** Whether there are stored settings. */
    boolean hasStore() {
        return source.isPresent();
    }

    synchronized SettingsHealth health() {
        String database = source.filter(DATABASE::equals).isEmpty()
                ? "disabled"
                : faults.containsKey(storeFault) ? "unhealthy" : "healthy";
        return new SettingsHealth(database, faults);
    }

    synchronized void storeFailed(String reason) {
        if (loggedOfStore.add(reason)) {
            LOG.warn(reason);
        }
        fault(storeFault, reason);
    }

    /** Whether it was away before. */
    synchronized boolean storeAnswers() {
        boolean wasAway = faults.remove(storeFault) != null;
        loggedOfStore.clear();
        if (wasAway) {
            LOG.info("The store of settings is reachable again");
        }
        return wasAway;
    }

    /** @param rowFaults what is wrong with the rows that were read */
    synchronized void following(String hash, List<String> rowFaults) {
        seen = hash;
        if (rowFaults.isEmpty()) {
            faults.remove(SETTINGS_FAULT);
        } else {
            fault(SETTINGS_FAULT, String.join("; ", rowFaults));
        }
    }

    synchronized void applied(String hash) {
        applied = hash;
    }

    synchronized void modelFollows() {
        faults.remove(MODEL_FAULT);
    }

    synchronized void modelFails(String reason) {
        fault(MODEL_FAULT, reason);
    }

    private void fault(String name, String text) {
        Fault before = faults.get(name);
        Instant since = before == null ? Instant.now() : before.since();
        faults.put(name, new Fault(text, since));
    }

    /** Tells the status table, whose failure does not matter; one write at a time, so that the newest comes last. */
    void publish() {
        board.filter(table -> beginWrite()).ifPresent(this::write);
    }

    private synchronized boolean beginWrite() {
        if (writing) {
            outdated = true;
            return false;
        }
        writing = true;
        return true;
    }

    private void write(StatusBoard table) {
        table.publish(status()).subscribe().with(done -> written(table), failure -> {
            LOG.debugf("The replica status could not be written: %s", failure.getMessage());
            written(table);
        });
    }

    private void written(StatusBoard table) {
        boolean again;
        synchronized (this) {
            again = outdated;
            outdated = false;
            writing = again;
        }
        if (again) {
            write(table);
        }
    }

    private synchronized ReplicaStatus status() {
        List<String> messages = new ArrayList<>();
        faults.forEach((name, fault) -> messages.add(fault.text()));
        return new ReplicaStatus(replica, seen, applied, state(), String.join("; ", messages));
    }

    private String state() {
        if (faults.containsKey(MODEL_FAULT)) {
            return "failed";
        }
        if (!faults.isEmpty()) {
            return "degraded";
        }
        return seen.equals(applied) ? "applied" : "loading";
    }
}
