package dev.embedding.batch;

import org.jspecify.annotations.Nullable;

/**
 * Cache of row values by the rows' keys. {@link #get} is called under the lanes' lock and must not block; entries may
 * be evicted at any time.
 */
public interface RowCache<V> {

    @Nullable
    V get(Object key);

    void put(Object key, V value);

    /** A cache that stores nothing. */
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
