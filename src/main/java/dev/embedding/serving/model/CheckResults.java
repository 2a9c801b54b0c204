package dev.embedding.serving.model;

import dev.embedding.support.JsonFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Stored results of checks, by the model's fingerprint, so that checks are not repeated at every start. A result is a
 * sentence that names everything it depends on besides the fingerprint. A lost result only causes the check to run
 * again.
 */
public final class CheckResults {

    /** Maximum per fingerprint; the oldest are dropped, as engines and devices change. */
    private static final int MAX_RESULTS = 32;

    private final Optional<JsonFiles> files;
    /** Results of this process, whether written to a file or not. */
    private final Map<String, Set<String>> known = new ConcurrentHashMap<>();

    private CheckResults(Optional<JsonFiles> files) {
        this.files = files;
    }

    public static CheckResults in(JsonFiles files) {
        return new CheckResults(Optional.of(files));
    }

    /** Results that are kept only for the life of the process. */
    static CheckResults inMemory() {
        return new CheckResults(Optional.empty());
    }

    public boolean contains(String fingerprint, String result) {
        return known.getOrDefault(fingerprint, Set.of()).contains(result)
                || read(fingerprint).contains(result);
    }

    /** Adds a result to those in the file, which other replicas may have written meanwhile. */
    public synchronized void add(String fingerprint, String result) {
        Set<String> all = new LinkedHashSet<>(read(fingerprint));
        all.addAll(known.getOrDefault(fingerprint, Set.of()));
        all.remove(result);
        all.add(result);
        List<String> newest =
                all.stream().skip(Math.max(0, all.size() - MAX_RESULTS)).toList();
        known.put(fingerprint, Set.copyOf(newest));
        if (files.isPresent()) {
            try {
                files.get().write(file(fingerprint), newest);
            } catch (IOException readOnly) {
                System.getLogger(CheckResults.class.getName())
                        .log(System.Logger.Level.DEBUG, "Results of checks cannot be written", readOnly);
            }
        }
    }

    private List<String> read(String fingerprint) {
        return files
                .flatMap(json -> json.read(file(fingerprint), String[].class))
                .map(Arrays::asList)
                .orElse(List.of())
                .stream()
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Results for one model.
     *
     * @param fingerprint computed on first use
     */
    record OfModel(CheckResults all, Supplier<String> fingerprint) {
        public boolean contains(String result) {
            return all.contains(fingerprint.get(), result);
        }

        public void add(String result) {
            all.add(fingerprint.get(), result);
        }
    }

    private static String file(String fingerprint) {
        return fingerprint + ".checks.json";
    }
}
