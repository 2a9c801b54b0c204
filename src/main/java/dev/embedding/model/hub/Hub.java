package dev.embedding.model.hub;

import dev.embedding.model.hub.HubException.Kind;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A client for a Hugging Face hub, with a cache that is shared with Python's huggingface_hub.
 *
 * <p>Guarantees: no connection when offline; none for a commit that this client or a current huggingface_hub has
 * downloaded; the token is sent to the endpoint only; a file is visible under its name only when its size and hash are
 * those that the hub reports; several threads and processes may use one cache at once.
 *
 * <p>Thread-safe. Closing aborts downloads in progress.
 *
 * @see <a href="https://huggingface.co/docs/hub/local-cache">the cache</a>
 * @see <a href="https://huggingface.co/docs/hub/api">the API</a>
 */
public final class Hub implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Hub.class.getName());

    /** Failures for which there is no fallback to the cache. */
    private static final Set<Kind> FINAL = EnumSet.of(Kind.REVISION_NOT_FOUND, Kind.CANCELLED, Kind.INVALID);

    private final HubConnection connection;
    private final Workers workers = new Workers();

    public Hub(HubSettings settings) {
        this(settings, duration -> Thread.sleep(duration.toMillis()), FileChannel::write);
    }

    Hub(HubSettings settings, Retry.Pause pause, PartialBlob.Writer writer) {
        this.connection = new HubConnection(settings, new HubHttp(settings), new Retry(pause), writer);
    }

    /**
     * Resolves a name to a commit and its list of files, without downloading any. Sends a request to the hub; where
     * that fails for another reason than a missing revision, falls back to the cache, with a warning.
     *
     * @throws HubException when neither the hub nor the cache has it
     */
    public HubSnapshot snapshot(HubName name) {
        HubCache cache = connection.cache(name);
        Optional<String> cached = cache.commit().filter(commit -> Files.isDirectory(cache.snapshot(commit)));
        if (connection.settings().offline()) {
            return cached.map(commit -> onDisk(name, commit))
                    .orElseThrow(() -> new HubException(
                            Kind.OFFLINE,
                            name + " is not in the cache directory, and HF_HUB_OFFLINE forbids downloading it"));
        }
        Optional<Listing> known = name.namesCommit() ? cache.listing(name.revision()) : Optional.empty();
        if (known.isPresent()) {
            return listed(name, known.get());
        }
        try {
            int attempts = cached.isPresent() ? 1 : Retry.ATTEMPTS;
            return listed(name, workers.one(name, () -> connection.list(name, attempts)));
        } catch (HubException failure) {
            if (cached.isEmpty() || FINAL.contains(failure.kind())) {
                throw failure;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}; falling back to commit {1}, which is in the cache",
                    failure.getMessage(),
                    cached.get());
            return onDisk(name, cached.get());
        }
    }

    private HubSnapshot listed(HubName name, Listing listing) {
        return new HubSnapshot(connection, workers, name, listing.commit(), Optional.of(listing), true);
    }

    /**
     * Uses the list of files that is stored in the cache, so that a missing file is reported and not taken for absent.
     */
    private HubSnapshot onDisk(HubName name, String commit) {
        return new HubSnapshot(
                connection, workers, name, commit, connection.cache(name).listing(commit), false);
    }

    @Override
    public void close() {
        workers.close();
    }
}
