package dev.embedding.model.hub;

import dev.embedding.model.hub.HubException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** A repository at one commit: its files as the hub lists them, of which those are on disk that were fetched. */
public final class HubSnapshot {

    private final HubConnection hub;
    private final Workers workers;
    private final HubName name;
    private final String commit;
    private final Optional<Listing> listing;
    private final HubCache cache;

    /** @param listing empty where the hub was not asked */
    HubSnapshot(HubConnection hub, Workers workers, HubName name, String commit, Optional<Listing> listing) {
        this.hub = hub;
        this.workers = workers;
        this.name = name;
        this.commit = commit;
        this.listing = listing;
        this.cache = hub.cache(name);
    }

    /** 40 hexadecimal digits. */
    public String commit() {
        return commit;
    }

    /** Paths in the repository, with {@code /}; where neither the hub nor the cache tells them, those that are on disk. */
    public Set<String> files() {
        return names(listing);
    }

    /** The same as far as the cache tells, whatever the hub said: what {@link #files} are when the hub is away. */
    public Set<String> filesKept() {
        return names(cache.listing(commit));
    }

    private Set<String> names(Optional<Listing> list) {
        return list.map(known -> Set.copyOf(known.entries().keySet()))
                .orElseGet(() -> cache.filesOnDisk(commit).stream()
                        .filter(this::isOnDisk)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /** The absolute path of the folder with the files that were fetched; need not exist before. */
    public Path directory() {
        return cache.snapshot(commit);
    }

    /**
     * Returns when these files are on disk, whole, and loads no others. What is there needs no connection.
     *
     * @param files paths in the repository
     * @param mostBytes where more would have to be loaded, nothing is
     * @throws HubException when one of them cannot be had; what was loaded till then stays and is resumed next time
     */
    public void fetch(Collection<String> files, long mostBytes, DownloadProgress progress) {
        List<String> missing = new TreeSet<>(files)
                .stream()
                        .peek(this::refuseUnknown)
                        .filter(file -> !isOnDisk(file))
                        .toList();
        if (!missing.isEmpty()) {
            refuseOffline(missing.get(0));
            load(missing, mostBytes, progress);
        }
        if (!hub.settings().offline()) {
            listing.ifPresent(cache::remember);
        }
    }

    /**
     * Has the cache say that the revision means this commit, which is what is resumed when the hub is away: to be
     * called when all that is needed of it is there.
     */
    public void makeCurrent() {
        if (!hub.settings().offline()) {
            listing.ifPresent(cache::refer);
        }
    }

    private void load(List<String> missing, long mostBytes, DownloadProgress progress) {
        List<RemoteFile> files = workers.all(
                name,
                missing.stream()
                        .map(file -> (Callable<RemoteFile>) () -> hub.describe(new Subject(name, file), commit))
                        .toList());
        long bytes = files.stream().mapToLong(RemoteFile::size).sum();
        if (bytes > mostBytes) {
            throw new HubException(
                    Kind.TOO_LARGE,
                    String.format(
                            Locale.ROOT,
                            "%,d bytes would have to be loaded, more than EMBEDDING_MAX_MODEL_SIZE allows",
                            bytes));
        }
        ProgressMeter meter = new ProgressMeter(name, progress, bytes);
        workers.all(
                name,
                files.stream()
                        .map(file -> (Callable<Path>) () -> {
                            Path pointer = cache.pointer(commit, file.path());
                            hub.download(file, name, commit, meter).run(pointer);
                            return pointer;
                        })
                        .toList());
        meter.finish();
    }

    private void refuseUnknown(String file) {
        if (!RepositoryPath.isSafe(file)) {
            throw new HubException(Kind.INVALID, "'" + file + "' is not the name of a file of " + name);
        }
        if (listing.isPresent() && !listing.get().entries().containsKey(file)) {
            throw HubFaults.noFile(new Subject(name, file), "");
        }
    }

    private void refuseOffline(String file) {
        if (hub.settings().offline()) {
            throw new HubException(
                    Kind.OFFLINE,
                    new Subject(name, file) + " is not in the cache directory, and HF_HUB_OFFLINE forbids to load it");
        }
    }

    private boolean isOnDisk(String file) {
        Path pointer = cache.pointer(commit, file);
        try {
            return Files.isRegularFile(pointer)
                    && listing.or(() -> cache.listing(commit))
                            .map(known -> known.fits(file, sizeOf(pointer)))
                            .orElse(true);
        } catch (java.nio.file.InvalidPathException notOnThisSystem) {
            return false;
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return -1;
        }
    }
}
