package dev.embedding.reload;

import dev.embedding.reload.SettingsHealth.Fault;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.StatusBoard;
import dev.embedding.settings.StatusBoard.ReplicaStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    private final FaultName storeFault;
    private final Map<FaultName, Fault> faults = new LinkedHashMap<>();
    /** Since the store answered last: an outage may show its cause only after a first timeout. */
    private final Set<String> loggedOfStore = new HashSet<>();

    private final Hashes hashes = new Hashes();
    private final Map<String, Hashes> further = new TreeMap<>();
    private List<String> warnings = List.of();
    private boolean writing;
    /** Whether something changed since the write that is going on began. */
    private boolean outdated;

    /**
     * Name of a fault.
     *
     * @param model id of the model that has it; the default one for what concerns the process
     */
    private record FaultName(String model, String kind) {

        /** Name in {@code /health}. */
        String text() {
            return SettingKey.prefix(model) + kind;
        }
    }

    /** Content hashes of rows that were read last, and of those that are in force. */
    private static final class Hashes {
        String seen = "";
        String applied = "";
    }

    /** @param source of stored settings; empty when there are none */
    StatusReport(Optional<String> source, Optional<StatusBoard> board, String replica) {
        this.source = source;
        this.board = board;
        this.replica = replica;
        this.storeFault = new FaultName(ServiceSettings.DEFAULT_MODEL, source.orElse("settings") + "_fault");
    }

    /** Whether there are stored settings. */
    boolean hasStore() {
        return source.isPresent();
    }

    synchronized SettingsHealth health() {
        String database = source.filter(DATABASE::equals).isEmpty()
                ? "disabled"
                : faults.containsKey(storeFault) ? "unhealthy" : "healthy";
        Map<String, Fault> byName = new HashMap<>();
        faults.forEach((name, fault) -> byName.put(name.text(), fault));
        return new SettingsHealth(database, byName);
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

    /** @param rows what was read last */
    synchronized void following(FollowedRows rows) {
        hashes.seen = rows.hash();
        warnings = rows.stored().warnings();
        Set<String> models = rows.furtherModels();
        further.keySet().retainAll(models);
        models.forEach(id -> further.computeIfAbsent(id, added -> new Hashes()).seen = rows.hashOf(id));
        faults.keySet()
                .removeIf(
                        name -> !name.model().equals(ServiceSettings.DEFAULT_MODEL) && !models.contains(name.model()));
        rowFaults(ServiceSettings.DEFAULT_MODEL, rows);
        models.forEach(id -> rowFaults(id, rows));
    }

    private void rowFaults(String model, FollowedRows rows) {
        List<String> ofModel = rows.stored().faultsOf(model);
        if (ofModel.isEmpty()) {
            faults.remove(new FaultName(model, SETTINGS_FAULT));
        } else {
            fault(new FaultName(model, SETTINGS_FAULT), String.join("; ", ofModel));
        }
    }

    /** All that was read last is in force. */
    synchronized void applied() {
        hashes.applied = hashes.seen;
    }

    /** All that was read last for a further model is in force. */
    synchronized void applied(String model) {
        Optional.ofNullable(further.get(model)).ifPresent(own -> own.applied = own.seen);
    }

    synchronized void modelFollows(String model) {
        faults.remove(new FaultName(model, MODEL_FAULT));
    }

    synchronized void modelFails(String model, String reason) {
        fault(new FaultName(model, MODEL_FAULT), reason);
    }

    private void fault(FaultName name, String text) {
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

    /** The replica as a whole, with the faults of all models, then each further model. */
    private synchronized List<ReplicaStatus> status() {
        List<ReplicaStatus> all = new ArrayList<>();
        all.add(status(replica, ServiceSettings.DEFAULT_MODEL, hashes, texts(name -> true), warnings));
        further.forEach((id, own) -> all.add(
                status(replica + "/" + id, id, own, texts(name -> name.model().equals(id)), List.of())));
        return all;
    }

    private ReplicaStatus status(
            String row, String model, Hashes own, List<String> faultTexts, List<String> warningTexts) {
        String state = own.seen.equals(own.applied) ? "applied" : "loading";
        if (faults.containsKey(new FaultName(model, MODEL_FAULT))) {
            state = "failed";
        } else if (!faultTexts.isEmpty()) {
            state = "degraded";
        }
        String message =
                Stream.of(faultTexts, warningTexts).flatMap(List::stream).collect(Collectors.joining("; "));
        return new ReplicaStatus(row, own.seen, own.applied, state, message);
    }

    private List<String> texts(Predicate<FaultName> filter) {
        List<String> texts = new ArrayList<>();
        faults.forEach((name, fault) -> {
            if (filter.test(name)) {
                texts.add(fault.text());
            }
        });
        return texts;
    }
}
