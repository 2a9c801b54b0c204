package dev.embedding.batch;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A memory of rows that forgets nothing by itself. */
final class RememberedRows implements RowCache<String> {

    final Map<Object, String> values = new HashMap<>();
    private final Lanes lanes;

    RememberedRows(Lanes lanes) {
        this.lanes = lanes;
    }

    @Override
    public @Nullable String get(Object key) {
        return values.get(key);
    }

    @Override
    public void put(Object key, String value) {
        if (lanes.lock.isHeldByCurrentThread()) {
            throw new AssertionError("Remembering must not keep the lanes waiting");
        }
        values.put(key, value);
    }
}
