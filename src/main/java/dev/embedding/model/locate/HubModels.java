package dev.embedding.model.locate;

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

/** The models of a Hugging Face hub. One thread looks for them; another may stop it. */
public final class HubModels {

    /** What may as well mean that the name was not meant for a hub. */
    private static final Set<Kind> SAID_OF_NAMES = EnumSet.of(Kind.INVALID, Kind.OFFLINE, Kind.REPOSITORY_NOT_FOUND);

    /** More than tokenizer and configuration have together. */
    private static final long OTHER_FILES = 100L << 20;

    private final Function<String, Optional<String>> environment;
    private final OptionalLong mostBytes;
    private final DownloadProgress progress;
    private @Nullable Hub inUse;
    private boolean stopped;

    /**
     * @param environment variables by name
     * @param mostBytes of weights that a model may have
     * @param progress told of each download
     */
    public HubModels(
            Function<String, Optional<String>> environment, OptionalLong mostBytes, DownloadProgress progress) {
        this.environment = environment;
        this.mostBytes = mostBytes;
        this.progress = progress;
    }

    /** Loads what the service needs of a model, where it is not in the cache already. */
    ModelDescription locate(ModelRequest request) {
        try {
            HubName name = HubName.parse(request.name());
            try (Hub hub = new Hub(HubSettings.from(environment, request.cacheDirectory()))) {
                use(hub);
                HubSnapshot snapshot = hub.snapshot(name);
                ModelDescription model = new SentenceTransformersLayout(
                                request, Source.HUB, new ModelDirectory.OfHub(snapshot, mostBytes(), progress))
                        .read();
                snapshot.makeCurrent();
                return model;
            } finally {
                release();
            }
        } catch (HubException failure) {
            String beginning = SAID_OF_NAMES.contains(failure.kind())
                    ? " is neither a local directory nor bundled with this service: "
                    : ": ";
            throw new ModelUnavailableException("Model " + request.name() + beginning + failure.getMessage(), failure);
        }
    }

    /** Loaded together with the weights, what else a model has may make no difference. */
    private long mostBytes() {
        return mostBytes.isPresent() ? mostBytes.getAsLong() + OTHER_FILES : Long.MAX_VALUE;
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

    /** Ends what is being loaded, and whatever would be. What is on disk already is resumed next time. */
    public synchronized void stop() {
        stopped = true;
        if (inUse != null) {
            inUse.close();
        }
    }
}
