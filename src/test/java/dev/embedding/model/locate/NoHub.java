package dev.embedding.model.locate;

import dev.embedding.model.hub.DownloadProgress;
import dev.embedding.serving.model.ArchitectureGraphs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A hub that no connection is made to, with an empty cache. */
public final class NoHub {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("HF_HUB_OFFLINE", "1", "HF_HUB_CACHE", "target/no-hub");

    private NoHub() {}

    /** Finds models in directories only. */
    public static ModelLocator locator(Path... bundledRoots) {
        return new ModelLocator(
                List.of(bundledRoots),
                new HubModels(
                        name -> Optional.ofNullable(ENVIRONMENT.get(name)),
                        OptionalLong.empty(),
                        DownloadProgress.NONE),
                new ArchitectureGraphs());
    }
}
