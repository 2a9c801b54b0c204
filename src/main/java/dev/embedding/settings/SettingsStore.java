package dev.embedding.settings;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A store of settings: a database or a file. All methods may be called on any thread; they fail with a
 * {@link StoreUnavailableException}, and within the store's own timeout.
 */
public interface SettingsStore {

    /** Its name in {@code GET /settings}: {@code database} or {@code file}. */
    String source();

    /** Whether changes cannot be written at the moment. */
    boolean isReadOnly();

    /** All rows of this service as they are stored, valid or not, ordered by key. */
    Uni<List<StoredRow>> read();

    /**
     * Stores all changes or none, and verifies the stored values. Fails with an {@link UnstorableValueException} when
     * the store cannot hold a value as it is.
     *
     * @param changes texts by key; an empty one deletes the row
     */
    Uni<Void> write(Map<String, Optional<String>> changes);
}
