package dev.embedding.settings;

import io.smallrye.mutiny.Uni;

/**
 * Table in which each replica reports how far it follows the stored settings, for operators who have nothing but SQL.
 */
public interface StatusBoard {

    /** Replaces this replica's row. A failure is the caller's to ignore. */
    Uni<Void> publish(ReplicaStatus status);

    /**
     * Status of one replica.
     *
     * @param replica {@code host:port}
     * @param seen content hash of the settings that were read last
     * @param applied content hash of the settings that are in force
     * @param state {@code applied}, {@code loading}, {@code failed} or {@code degraded}
     * @param message in words what was refused and why; empty when nothing was
     */
    record ReplicaStatus(String replica, String seen, String applied, String state, String message) {}
}
