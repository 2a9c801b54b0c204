package dev.embedding.settings;

import io.smallrye.mutiny.Uni;

/** The status of each replica that follows stored settings, written for operators who only have SQL access. */
public interface StatusBoard {

    /** Replaces this replica's row. Callers may ignore a failure. */
    Uni<Void> publish(ReplicaStatus status);

    /**
     * A replica's status.
     *
     * @param replica {@code host:port}
     * @param seen content hash of the settings that were read last
     * @param applied content hash of the settings that are in force
     * @param state {@code applied}, {@code loading}, {@code failed} or {@code degraded}
     * @param message the values that were rejected, with reasons; empty when none were
     */
    record ReplicaStatus(String replica, String seen, String applied, String state, String message) {}
}
