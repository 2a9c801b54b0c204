package dev.embedding.settings.store;

import dev.embedding.settings.SettingsStore;
import dev.embedding.settings.StatusBoard;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.UnstorableValueException;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The tables {@code service_settings} and {@code service_settings_status} of a MySQL or MariaDB. A missing table is
 * created when it is first needed, at any time.
 */
final class DatabaseStore implements SettingsStore, StatusBoard {

    private static final String SERVICE = "embedding-service";
    private static final int LONGEST_MESSAGE = 2048;
    private static final int PLAIN_MESSAGE = 255;

    private static final String SETTINGS_TABLE = """
            CREATE TABLE IF NOT EXISTS service_settings (
                service VARCHAR(64) NOT NULL,
                `key` VARCHAR(128) NOT NULL,
                value VARCHAR(2048) NOT NULL,
                PRIMARY KEY (service, `key`)) DEFAULT CHARACTER SET utf8mb4""";
    private static final String STORE_SETTING = """
            INSERT INTO service_settings (service, `key`, value) VALUES (:service, :key, :value)
            ON DUPLICATE KEY UPDATE `key` = :key, value = :value""";

    private static final String STORED_DIFFERENTLY = "The database's table would hold another value than was sent;"
            + " look at the character set and the length of its columns, and at its triggers";

    private static final String STATUS_TABLE = """
            CREATE TABLE IF NOT EXISTS service_settings_status (
                service VARCHAR(64) NOT NULL,
                replica VARCHAR(255) NOT NULL,
                seen CHAR(64) NOT NULL,
                applied CHAR(64) NOT NULL,
                state VARCHAR(16) NOT NULL,
                message VARCHAR(2048) NOT NULL,
                updated_at DATETIME(3) NOT NULL,
                PRIMARY KEY (service, replica)) DEFAULT CHARACTER SET utf8mb4""";
    private static final String STORE_STATUS = """
            REPLACE INTO service_settings_status (service, replica, seen, applied, state, message, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))""";
    private static final String FORGET_MODELS =
            "DELETE FROM service_settings_status WHERE service = ? AND LEFT(replica, ?) = ? ";
    private static final String FORGET_STATUS = """
            DELETE FROM service_settings_status
            WHERE service = ? AND updated_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY""";

    private final Pool pool;
    private final DatabaseCalls calls;

    DatabaseStore(Pool pool, DatabaseCalls calls) {
        this.pool = pool;
        this.calls = calls;
    }

    @Override
    public String source() {
        return "database";
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public Uni<List<StoredRow>> read() {
        return calls.call(isGivenUp -> with(SETTINGS_TABLE, DatabaseStore::rows));
    }

    @Override
    public Uni<Void> write(Map<String, Optional<String>> changes) {
        // The same order in all replicas, so that concurrent changes do not deadlock.
        Map<String, Optional<String>> ordered = new TreeMap<>(changes);
        return calls.call(isGivenUp -> with(SETTINGS_TABLE, () -> stored(ordered, isGivenUp)));
    }

    @Override
    public Uni<Void> publish(List<ReplicaStatus> rows) {
        return calls.call(isGivenUp -> with(STATUS_TABLE, () -> published(rows)));
    }

    private <T> Uni<T> with(String table, Supplier<Uni<T>> operation) {
        return operation.get().onFailure(DatabaseFault::isMissingTable).recoverWithUni(() -> onConnection(
                        connection -> connection.query(table).execute())
                .chain(operation::get));
    }

    /** Does not use the pool's own queries: their timer keeps running after a failure, and then fails itself. */
    private <T> Uni<T> onConnection(Function<SqlConnection, Uni<T>> operation) {
        return pool.withConnection(operation);
    }

    private static Uni<List<StoredRow>> rows() {
        return Panache.withSession(DatabaseStore::readRows);
    }

    private static Uni<List<StoredRow>> readRows() {
        return SettingEntity.<SettingEntity>list("service", SERVICE).map(rows -> rows.stream()
                .map(row -> new StoredRow(row.name, row.value))
                .sorted(Comparator.comparing(StoredRow::key))
                .toList());
    }

    /**
     * Rolls back a change whose caller has stopped waiting: it was reported as failed, so it must not appear in the
     * table later.
     */
    private static Uni<Void> stored(Map<String, Optional<String>> changes, BooleanSupplier isGivenUp) {
        return Panache.withTransaction(() -> Multi.createFrom()
                .iterable(changes.entrySet())
                .onItem()
                .transformToUniAndConcatenate(change -> change.getValue()
                        .map(value -> stored(change.getKey(), value))
                        .orElseGet(() -> deleted(change.getKey())))
                .onItem()
                .ignoreAsUni()
                .chain(DatabaseStore::readRows)
                .invoke(stored -> requireAsGiven(changes, stored))
                .replaceWithVoid()
                .invoke(() -> {
                    if (isGivenUp.getAsBoolean()) {
                        throw new CancellationException();
                    }
                }));
    }

    private static Uni<Void> stored(String key, String value) {
        return Panache.getSession()
                .chain(session -> session.createNativeQuery(STORE_SETTING)
                        .setParameter("service", SERVICE)
                        .setParameter("key", key)
                        .setParameter("value", value)
                        .executeUpdate())
                .onFailure(DatabaseFault::isOfValue)
                .transform(failure -> new UnstorableValueException(key, DatabaseFault.unstorable(failure)))
                .replaceWithVoid();
    }

    private static Uni<Void> deleted(String key) {
        return SettingEntity.delete("service = ?1 and name = ?2", SERVICE, key)
                .onFailure(DatabaseFault::isOfValue)
                .transform(failure -> new UnstorableValueException(key, DatabaseFault.unstorable(failure)))
                .replaceWithVoid();
    }

    /**
     * Verifies the stored values: a table with another character set, a narrower column or a trigger may hold something
     * else.
     */
    private static void requireAsGiven(Map<String, Optional<String>> changes, List<StoredRow> rows) {
        changes.forEach((key, given) -> {
            List<String> held = rows.stream()
                    .filter(row -> row.key().equals(key))
                    .map(row -> Objects.requireNonNullElse(row.value(), "NULL"))
                    .toList();
            if (!held.equals(given.stream().toList())) {
                throw new UnstorableValueException(key, STORED_DIFFERENTLY);
            }
        });
    }

    private Uni<Void> published(List<ReplicaStatus> rows) {
        return published(rows, message -> cut(message, LONGEST_MESSAGE))
                .onFailure(DatabaseFault::isOfValue)
                .recoverWithUni(() -> published(rows, DatabaseStore::plain));
    }

    /** One after the other: a batch that fails does not say why. */
    private Uni<Void> published(List<ReplicaStatus> rows, UnaryOperator<String> message) {
        return onConnection(connection -> Multi.createFrom()
                .iterable(rows)
                .onItem()
                .transformToUniAndConcatenate(
                        row -> connection.preparedQuery(STORE_STATUS).execute(tuple(row, message.apply(row.message()))))
                .onItem()
                .ignoreAsUni()
                .chain(() -> connection.preparedQuery(goneModels(rows)).execute(ofGoneModels(rows)))
                .chain(() -> connection.preparedQuery(FORGET_STATUS).execute(Tuple.of(SERVICE)))
                .replaceWithVoid());
    }

    private static Tuple tuple(ReplicaStatus row, String message) {
        return Tuple.from(List.of(SERVICE, row.replica(), row.seen(), row.applied(), row.state(), message));
    }

    /** Statement that deletes the rows of the replica's models that are not among these. */
    private static String goneModels(List<ReplicaStatus> rows) {
        return FORGET_MODELS + "AND replica NOT IN (" + String.join(", ", Collections.nCopies(rows.size(), "?")) + ")";
    }

    private static Tuple ofGoneModels(List<ReplicaStatus> rows) {
        String prefix = rows.get(0).replica() + "/";
        Tuple parameters = Tuple.of(SERVICE, prefix.length(), prefix);
        rows.forEach(row -> parameters.addString(row.replica()));
        return parameters;
    }

    /** A shorter message, for a table with a limited character set or a narrower column. */
    private static String plain(String message) {
        return cut(message.replaceAll("[^ -~]", "?"), PLAIN_MESSAGE);
    }

    private static String cut(String text, int characters) {
        return text.substring(0, Math.min(text.length(), characters));
    }
}
