package dev.embedding.settings;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Store of settings that operators edit: a database or a file. Everything may be called on any thread; failures are
 * {@link StoreUnavailableException}s, and come within the store's own time limit.
 */
public interface SettingsStore {

    /** What {@code GET /settings} calls it: {@code database} or {@code file}. */
    String source();

    /** Whether changes cannot be written at this moment, whatever they are. */
    boolean isReadOnly();

    /** All rows of this service as they are stored, good or bad, ordered by key. */
    Uni<List<StoredRow>> read();

    /**
     * Stores all changes or none, and holds what is stored to what was given. Fails with an {@link
     * UnstorableValueException} when the store cannot hold a value as it is.
     *
     * @param changes texts by key; empty deletes the row
     */
    Uni<Void> write(Map<String, Optional<String>> changes);
}
