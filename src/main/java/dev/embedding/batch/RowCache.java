package dev.embedding.batch;

import org.jspecify.annotations.Nullable;

/**
 * Values of rows that were computed before, by the rows' keys. It is asked under the lanes' lock, and must answer at once;
 * it may forget at any time.
 */
public interface RowCache<V> {

    @Nullable
    V get(Object key);

    void put(Object key, V value);

    /** Remembers nothing. */
    static <V> RowCache<V> none() {
        return new RowCache<>() {
            @Override
            public @Nullable V get(Object key) {
                return null;
            }

            @Override
            public void put(Object key, V value) {}
        };
    }
}
