package dev.embedding.batch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waiting rows in order of arrival: a linked list, so that rows of a cancelled request are removed in constant time.
 * Not thread-safe; guarded by the lanes' lock.
 */
final class RowQueue<P, V> {

    private @Nullable Row<P, V> oldest;
    private @Nullable Row<P, V> newest;
    private long tokens;
    private int size;

    void add(Row<P, V> row) {
        row.older = newest;
        if (newest == null) {
            oldest = row;
        } else {
            newest.newer = row;
        }
        newest = row;
        row.queued = true;
        tokens += row.tokens();
        size++;
    }

    /** Removes a row; has no effect when it is not queued. */
    void remove(Row<P, V> row) {
        if (!row.queued) {
            return;
        }
        if (row.older == null) {
            oldest = row.newer;
        } else {
            row.older.newer = row.newer;
        }
        if (row.newer == null) {
            newest = row.older;
        } else {
            row.newer.older = row.older;
        }
        row.older = null;
        row.newer = null;
        row.queued = false;
        tokens -= row.tokens();
        size--;
    }

    /** The oldest rows, at most {@code limit}, oldest first; they stay queued. */
    List<Row<P, V>> oldest(int limit) {
        List<Row<P, V>> rows = new ArrayList<>(Math.min(limit, size));
        for (Row<P, V> row = oldest; row != null && rows.size() < limit; row = row.newer) {
            rows.add(row);
        }
        return rows;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    long tokens() {
        return tokens;
    }
}
