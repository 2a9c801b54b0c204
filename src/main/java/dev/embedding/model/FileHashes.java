package dev.embedding.model;

import dev.embedding.model.hub.BlobName;
import dev.embedding.support.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * SHA-256 hashes of files, which are read only when necessary: a file of a hub's cache has its hash as its name, and
 * the hash of another large file is remembered for as long as the file is unchanged.
 */
public final class FileHashes {

    /** Hashing smaller files takes about as long as finding their hash. */
    private static final long MIN_REMEMBERED_BYTES = 1_000_000;

    /** The coarsest resolution of times: a file that is written twice within it may have the same time. */
    private static final Duration TIME_RESOLUTION = Duration.ofSeconds(2);

    private final RememberedHashes remembered;
    private final HashFunction function;
    private final InstantSource clock;

    /** Hash of a file's content. */
    interface HashFunction {

        /** 64 hexadecimal digits. */
        String of(Path file) throws IOException;
    }

    /** Remembers hashes for the life of the process. */
    public FileHashes() {
        this(Optional.empty(), Sha256::ofFile, InstantSource.system());
    }

    /** @param directory where hashes are stored; created by the first write, and may be read-only */
    public FileHashes(Path directory) {
        this(Optional.of(directory), Sha256::ofFile, InstantSource.system());
    }

    FileHashes(Optional<Path> directory, HashFunction function, InstantSource clock) {
        this.remembered = new RememberedHashes(directory);
        this.function = function;
        this.clock = clock;
    }

    /**
     * The hashes of the files, in their order; large files are read in parallel.
     *
     * @return 64 hexadecimal digits for each
     */
    public List<String> of(List<Path> files) throws IOException {
        Map<Path, String> hashes = new HashMap<>();
        Map<Path, FileIdentity> large = new LinkedHashMap<>();
        for (Path file : files) {
            Optional<String> name = BlobName.sha256(file);
            if (name.isPresent()) {
                hashes.put(file, name.get());
                continue;
            }
            FileIdentity identity = FileIdentity.of(file);
            if (identity.bytes() < MIN_REMEMBERED_BYTES) {
                hashes.put(file, function.of(file));
            } else {
                large.put(file, identity);
            }
        }
        if (!large.isEmpty()) {
            hashes.putAll(ofLarge(large));
        }
        return files.stream().map(hashes::get).toList();
    }

    private Map<Path, String> ofLarge(Map<Path, FileIdentity> files) throws IOException {
        Map<FileIdentity, String> known = remembered.all();
        Map<Path, String> hashes = new HashMap<>();
        Map<Path, FileIdentity> unknown = new LinkedHashMap<>();
        files.forEach((file, identity) -> {
            String hash = known.get(identity);
            if (hash == null) {
                unknown.put(file, identity);
            } else {
                hashes.put(file, hash);
            }
        });
        Instant settled = clock.instant().minus(TIME_RESOLUTION);
        Map<Path, String> computed = compute(List.copyOf(unknown.keySet()));
        hashes.putAll(computed);
        remember(computed, unknown, settled);
        return hashes;
    }

    /** On the common pool and the calling thread. */
    private Map<Path, String> compute(List<Path> files) throws IOException {
        try {
            return files.parallelStream().collect(Collectors.toMap(Function.identity(), this::compute));
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    /**
     * Remembers the hashes of files that did not change while they were read.
     *
     * @param before the files' identities before they were read
     * @param settled files that changed after it may have been written again without another time
     */
    private void remember(Map<Path, String> computed, Map<Path, FileIdentity> before, Instant settled) {
        Map<FileIdentity, String> lasting = new LinkedHashMap<>();
        before.forEach((file, identity) -> {
            if (identity.isOlderThan(settled) && identity.isOf(file)) {
                lasting.put(identity, Objects.requireNonNull(computed.get(file)));
            }
        });
        remembered.add(lasting);
    }

    private String compute(Path file) {
        try {
            return function.of(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
