package dev.embedding.model.locate;

import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelDescription.Source;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.hub.DownloadProgress;
import dev.embedding.model.hub.Hub;
import dev.embedding.model.hub.HubException;
import dev.embedding.model.hub.HubException.Kind;
import dev.embedding.model.hub.HubName;
import dev.embedding.model.hub.HubSettings;
import dev.embedding.model.hub.HubSnapshot;
import dev.embedding.model.layout.ModelDirectory;
import dev.embedding.model.layout.SentenceTransformersLayout;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Locates models on a Hugging Face hub. One thread locates them; another may stop it. */
public final class HubModels {

    /** Failures that may also mean that the name was not meant for a hub. */
    private static final Set<Kind> NAME_FAILURES = EnumSet.of(Kind.INVALID, Kind.OFFLINE, Kind.REPOSITORY_NOT_FOUND);

    /** Allowance for the other files, above the size of tokenizer and configuration. */
    private static final long OTHER_FILES_BYTES = 100L << 20;

    private final Function<String, Optional<String>> environment;
    private final OptionalLong mostBytes;
    private final DownloadProgress progress;
    private @Nullable Hub inUse;
    private boolean stopped;

    /**
     * @param environment variables by name
     * @param mostBytes size limit of a model's weights
     * @param progress receives the progress of each download
     */
    public HubModels(
            Function<String, Optional<String>> environment, OptionalLong mostBytes, DownloadProgress progress) {
        this.environment = environment;
        this.mostBytes = mostBytes;
        this.progress = progress;
    }

    /** Downloads the files that the service needs, where they are not in the cache already. */
    ModelDescription locate(ModelRequest request, BuildableGraphs buildable) {
        try {
            HubName name = HubName.parse(request.name());
            try (Hub hub = new Hub(HubSettings.from(environment, request.cacheDirectory()))) {
                use(hub);
                HubSnapshot snapshot = hub.snapshot(name);
                ModelDescription model = new SentenceTransformersLayout(
                                request,
                                Source.HUB,
                                new ModelDirectory.OfHub(snapshot, mostBytes(), progress),
                                buildable)
                        .read();
                snapshot.makeCurrent();
                return model;
            } finally {
                release();
            }
        } catch (HubException failure) {
            String beginning = NAME_FAILURES.contains(failure.kind())
                    ? " is neither a local directory nor bundled with this service: "
                    : ": ";
            throw new ModelUnavailableException("Model " + request.name() + beginning + failure.getMessage(), failure);
        }
    }

    /** The limit of a download: the weights' limit and an allowance for the other files. */
    private long mostBytes() {
        return mostBytes.isPresent() ? mostBytes.getAsLong() + OTHER_FILES_BYTES : Long.MAX_VALUE;
    }

    private synchronized void use(Hub hub) {
        inUse = hub;
        if (stopped) {
            hub.close();
        }
    }

    private synchronized void release() {
        inUse = null;
    }

    /**
     * Aborts the download in progress, and any later one. An interrupted download is kept as {@code ….incomplete} and
     * resumed by the next attempt.
     */
    public synchronized void stop() {
        stopped = true;
        if (inUse != null) {
            inUse.close();
        }
    }
}
