package dev.embedding.serving.cache;

import dev.embedding.MicrosecondsBenchmark;
import dev.embedding.SampleTexts;
import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.Output;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;

/** Benchmark of the vector cache for a request of one text: a hit, or a miss followed by a put. */
public class VectorCacheBenchmark extends MicrosecondsBenchmark {

    private static final String FINGERPRINT = "85a14410a6abb8968c61e66bf17bbcae";
    private static final Output COMPUTED = new Output.Dense(new float[384], 120, false);

    private final VectorCache cache = VectorCache.ofBytes(64 << 20);
    private final String passage = new SampleTexts().text(600);
    private long number;

    @Benchmark
    public boolean foundPassage() {
        keep(passage);
        return lookup(passage).isComplete();
    }

    /** The cache fills up, so that each put evicts an entry. */
    @Benchmark
    public boolean newPassage() {
        keep(number++ + passage);
        return lookup(passage).isComplete();
    }

    private void keep(String text) {
        CacheLookup lookup = lookup(text);
        if (!lookup.isComplete()) {
            Object key = Objects.requireNonNull(lookup.keyOf(0));
            if (cache.get(key) == null) { // as the batcher looks it up again
                cache.put(key, COMPUTED);
            }
        }
    }

    private CacheLookup lookup(String text) {
        return cache.lookup(FINGERPRINT, "", Input.ofTexts(List.of(text)), Optional.of(""), () -> {});
    }
}
