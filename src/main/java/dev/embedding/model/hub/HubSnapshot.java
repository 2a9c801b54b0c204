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

/** A repository at one commit: its files as the hub lists them; those that were fetched are on disk. */
public final class HubSnapshot {

    private final HubConnection hub;
    private final Workers workers;
    private final HubName name;
    private final String commit;
    private final Optional<Listing> listing;
    private final boolean reached;
    private final HubCache cache;

    /**
     * @param listing empty where there was no request to the hub
     * @param reached whether files may be downloaded: the hub responded, or was not asked
     */
    HubSnapshot(
            HubConnection hub,
            Workers workers,
            HubName name,
            String commit,
            Optional<Listing> listing,
            boolean reached) {
        this.reached = reached;
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

    /** Paths in the repository, with {@code /}; where neither the hub nor the cache lists them, those on disk. */
    public Set<String> files() {
        return names(listing);
    }

    /**
     * The files that the cache lists, regardless of the hub: what {@link #files} returns when the hub is unreachable.
     */
    public Set<String> filesKept() {
        return names(cache.listing(commit));
    }

    private Set<String> names(Optional<Listing> list) {
        return list.map(known -> Set.copyOf(known.entries().keySet()))
                .orElseGet(() -> cache.filesOnDisk(commit).stream()
                        .filter(this::isOnDisk)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /** Whether a file is on disk, or could be downloaded, as far as is known without asking for it. */
    public boolean isAvailable(String file) {
        return reached && files().contains(file) || isOnDisk(file);
    }

    /** The absolute path of the folder with the fetched files; it need not exist before. */
    public Path directory() {
        return cache.snapshot(commit);
    }

    /**
     * Downloads these files and no others, and returns when they are complete on disk. Files that are there already
     * need no connection.
     *
     * @param files paths in the repository
     * @param mostBytes where more would have to be downloaded, nothing is
     * @throws HubException when one of them is unavailable; an interrupted download is kept as {@code ….incomplete} and
     *     resumed by the next attempt
     */
    public void fetch(Collection<String> files, long mostBytes, DownloadProgress progress) {
        List<String> missing = new TreeSet<>(files)
                .stream()
                        .peek(this::requireKnown)
                        .filter(file -> !isOnDisk(file))
                        .toList();
        if (!missing.isEmpty()) {
            requireOnline(missing.get(0));
            download(missing, mostBytes, progress);
        }
        if (!hub.settings().offline()) {
            listing.ifPresent(cache::storeListing);
        }
    }

    /**
     * Records in the cache that the revision is this commit, which is the fallback when the hub is unreachable. Must be
     * called when all required files are there.
     */
    public void makeCurrent() {
        if (!hub.settings().offline()) {
            listing.ifPresent(cache::storeCommit);
        }
    }

    private void download(List<String> missing, long mostBytes, DownloadProgress progress) {
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
                            "%,d bytes would have to be downloaded, more than EMBEDDING_MAX_MODEL_SIZE allows",
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

    private void requireKnown(String file) {
        if (!RepositoryPath.isSafe(file)) {
            throw new HubException(Kind.INVALID, "'" + file + "' is not the name of a file of " + name);
        }
        if (listing.isPresent() && !listing.get().entries().containsKey(file)) {
            throw HubFaults.noFile(new Subject(name, file), "");
        }
    }

    private void requireOnline(String file) {
        if (hub.settings().offline()) {
            throw new HubException(
                    Kind.OFFLINE,
                    new Subject(name, file)
                            + " is not in the cache directory, and HF_HUB_OFFLINE forbids downloading it");
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
