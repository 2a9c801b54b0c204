package dev.embedding.model;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.embedding.support.JsonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Hashes of files by their identity, the newest of which are stored in a JSON file that replicas may share. A lost hash
 * only causes its file to be read again.
 */
final class RememberedHashes {

    static final int MAX_HASHES = 1000;

    private static final String FILE = "file-hashes.json";

    private final Optional<JsonFiles> files;

    /** Hashes of this process, whether written to the file or not; the oldest first. */
    @GuardedBy("this")
    private final Map<FileIdentity, String> own = new LinkedHashMap<>();

    /** @param directory created by the first write; empty to remember only for the life of the process */
    RememberedHashes(Optional<Path> directory) {
        this.files = directory.map(JsonFiles::new);
    }

    private record Entry(FileIdentity file, String sha256) {
        private Entry {
            Objects.requireNonNull(file);
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException("The hash is invalid");
            }
        }
    }

    /** All hashes, also those that other replicas have stored; the oldest first. */
    synchronized Map<FileIdentity, String> all() {
        Map<FileIdentity, String> all = new LinkedHashMap<>();
        for (Entry stored :
                files.flatMap(json -> json.read(FILE, Entry[].class)).orElse(new Entry[0])) {
            if (stored != null) {
                all.put(stored.file(), stored.sha256());
            }
        }
        putLast(all, own);
        return all;
    }

    /** Adds hashes to those in the file, which other replicas may have written meanwhile. */
    synchronized void add(Map<FileIdentity, String> hashes) {
        putLast(own, hashes);
        if (files.isEmpty() || hashes.isEmpty()) {
            return;
        }
        Map<FileIdentity, String> all = all();
        dropOldest(all);
        List<Entry> entries = new ArrayList<>();
        all.forEach((file, hash) -> entries.add(new Entry(file, hash)));
        try {
            files.get().write(FILE, entries);
        } catch (IOException readOnly) {
            System.getLogger(RememberedHashes.class.getName())
                    .log(System.Logger.Level.DEBUG, "Hashes of files cannot be written", readOnly);
        }
    }

    private static void putLast(Map<FileIdentity, String> hashes, Map<FileIdentity, String> newer) {
        hashes.keySet().removeAll(newer.keySet());
        hashes.putAll(newer);
        dropOldest(hashes);
    }

    private static void dropOldest(Map<FileIdentity, String> hashes) {
        hashes.keySet().removeAll(List.copyOf(hashes.keySet()).subList(0, Math.max(0, hashes.size() - MAX_HASHES)));
    }
}
