package dev.embedding.settings;

import io.smallrye.mutiny.Uni;
import java.util.List;

/** The status of each replica that follows stored settings, written for operators who only have SQL access. */
public interface StatusBoard {

    /**
     * Replaces this replica's rows. Callers may ignore a failure.
     *
     * @param rows the row of the replica, then one for each further model
     */
    Uni<Void> publish(List<ReplicaStatus> rows);

    /**
     * Status of a replica, or of one of its further models.
     *
     * @param replica {@code host:port}, of a further model {@code host:port/id}
     * @param seen content hash of the settings that were read last
     * @param applied content hash of the settings that are in force
     * @param state {@code applied}, {@code loading}, {@code failed} or {@code degraded}
     * @param message the values that were rejected, with reasons; empty when none were
     */
    record ReplicaStatus(String replica, String seen, String applied, String state, String message) {}
}
