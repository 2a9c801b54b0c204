package dev.embedding.batch;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Row cache without eviction. */
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
            throw new AssertionError("The cache must not be written under the lanes' lock");
        }
        values.put(key, value);
    }
}
