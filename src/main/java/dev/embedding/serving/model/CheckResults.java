package dev.embedding.serving.model;

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
 * Results of checks, by the model's fingerprint, so that they need not be repeated at every start. A finding is a sentence
 * that names all it depends on besides the fingerprint. One that is lost is only found out again.
 */
public final class CheckResults {

    /** Of one fingerprint; engines and devices come and go, and the oldest findings with them. */
    private static final int MOST = 32;

    private final Optional<JsonFiles> files;
    /** All that this process knows, whether it could be written or not. */
    private final Map<String, Set<String>> known = new ConcurrentHashMap<>();

    private CheckResults(Optional<JsonFiles> files) {
        this.files = files;
    }

    public static CheckResults in(JsonFiles files) {
        return new CheckResults(Optional.of(files));
    }

    /** Known as long as the process lives. */
    static CheckResults unwritten() {
        return new CheckResults(Optional.empty());
    }

    public boolean contain(String fingerprint, String finding) {
        return known.getOrDefault(fingerprint, Set.of()).contains(finding)
                || read(fingerprint).contains(finding);
    }

    /** Written together with those that other replicas have found meanwhile. */
    public synchronized void keep(String fingerprint, String finding) {
        Set<String> all = new LinkedHashSet<>(read(fingerprint));
        all.addAll(known.getOrDefault(fingerprint, Set.of()));
        all.remove(finding);
        all.add(finding);
        List<String> newest = all.stream().skip(Math.max(0, all.size() - MOST)).toList();
        known.put(fingerprint, Set.copyOf(newest));
        if (files.isPresent()) {
            try {
                files.get().write(file(fingerprint), newest);
            } catch (IOException readOnly) {
                System.getLogger(CheckResults.class.getName())
                        .log(System.Logger.Level.DEBUG, "Findings cannot be written", readOnly);
            }
        }
    }

    private List<String> read(String fingerprint) {
        return files
                .flatMap(kept -> kept.read(file(fingerprint), String[].class))
                .map(Arrays::asList)
                .orElse(List.of())
                .stream()
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Those about one model.
     *
     * @param fingerprint may be computed only when it is requested
     */
    record OfModel(CheckResults all, Supplier<String> fingerprint) {
        public boolean contain(String finding) {
            return all.contain(fingerprint.get(), finding);
        }

        public void keep(String finding) {
            all.keep(fingerprint.get(), finding);
        }
    }

    private static String file(String fingerprint) {
        return fingerprint + ".checks.json";
    }
}
