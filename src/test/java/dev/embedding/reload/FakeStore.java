package dev.embedding.reload;

import dev.embedding.settings.SettingsStore;
import dev.embedding.settings.StoreUnavailableException;
import dev.embedding.settings.StoredRow;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** In-memory settings store whose behaviour a test controls. */
final class FakeStore implements SettingsStore {

    enum Mood {
        FINE,
        AWAY,
        HANGING,
        REFUSING_WRITES
    }

    final Map<String, String> rows = new ConcurrentSkipListMap<>();
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger writes = new AtomicInteger();
    volatile Mood mood = Mood.FINE;
    volatile boolean readOnly;

    /** Runs at the beginning of a write, on the thread that writes. */
    volatile Runnable beforeWrite = () -> {};

    /** Runs after rows were read and before they are delivered, on the thread that reads. */
    volatile Runnable afterRead = () -> {};

    @Override
    public String source() {
        return "database";
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public Uni<List<StoredRow>> read() {
        return Uni.createFrom().deferred(() -> {
            reads.incrementAndGet();
            return switch (mood) {
                case FINE, REFUSING_WRITES -> Uni.createFrom().item(this::stored);
                case AWAY -> Uni.createFrom().failure(new StoreUnavailableException("The store is away"));
                case HANGING -> Uni.createFrom().nothing();
            };
        });
    }

    private List<StoredRow> stored() {
        List<StoredRow> stored = snapshot();
        afterRead.run();
        return stored;
    }

    private synchronized List<StoredRow> snapshot() {
        return rows.entrySet().stream()
                .map(row -> new StoredRow(row.getKey(), row.getValue()))
                .toList();
    }

    /** Changes rows in one transaction. */
    synchronized void transact(Consumer<Map<String, String>> change) {
        change.accept(rows);
    }

    @Override
    public Uni<Void> write(Map<String, Optional<String>> changes) {
        return Uni.createFrom().deferred(() -> {
            beforeWrite.run();
            if (mood != Mood.FINE) {
                return Uni.createFrom().failure(new StoreUnavailableException("The store is away"));
            }
            writes.incrementAndGet();
            changes.forEach((key, text) -> text.ifPresentOrElse(value -> rows.put(key, value), () -> rows.remove(key)));
            return Uni.createFrom().voidItem();
        });
    }
}
