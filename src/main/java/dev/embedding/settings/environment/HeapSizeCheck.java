package dev.embedding.settings.environment;

import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Checks that the sizes that the environment sets fit into the Java heap together. The defaults of the others are
 * derived from the heap.
 *
 * @param heapBytes the maximum heap size
 */
record HeapSizeCheck(long heapBytes) {

    private static final String BODY = "EMBEDDING_MAX_BODY_SIZE";
    private static final String INFLIGHT = "EMBEDDING_MAX_INFLIGHT_BYTES";
    private static final String CACHE = "EMBEDDING_CACHE_SIZE";
    private static final long USUAL_CACHE_BYTES = 64L << 20;
    private static final long LONGEST_BODY = 1L << 30;

    static HeapSizeCheck ofThisProcess() {
        return new HeapSizeCheck(Runtime.getRuntime().maxMemory());
    }

    /** A line for each size that does not fit; empty when all do. */
    List<String> faults(Environment environment) {
        List<String> faults = new ArrayList<>();
        size(environment, BODY).ifPresent(size -> {
            if (size > Math.min(heapBytes / 2, LONGEST_BODY)) {
                faults.add(BODY + " must be at most half of the Java heap (" + megabytes(heapBytes) + ") and 1G, not '"
                        + text(environment, BODY) + "'");
            }
        });
        size(environment, INFLIGHT).ifPresent(size -> {
            long cache = Math.min(size(environment, CACHE).orElse(USUAL_CACHE_BYTES), heapBytes / 2);
            if (size > heapBytes / 4 * 3 - cache) {
                faults.add(INFLIGHT + " must leave a quarter of the Java heap (" + megabytes(heapBytes) + ") beside "
                        + CACHE + ", not '" + text(environment, INFLIGHT) + "'");
            }
        });
        return faults;
    }

    private static String megabytes(long bytes) {
        return (bytes >> 20) + "M";
    }

    private static String text(Environment environment, String variable) {
        return environment.value(variable).map(String::strip).orElse("");
    }

    private static OptionalLong size(Environment environment, String variable) {
        Optional<String> text = environment.value(variable).map(String::strip).filter(value -> !value.isEmpty());
        return text.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(new MemorySizeConverter().convert(text.get()).asLongValue());
    }
}
