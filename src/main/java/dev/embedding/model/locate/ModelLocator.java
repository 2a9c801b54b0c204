package dev.embedding.model.locate;

import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelDescription.Source;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.layout.ModelDirectory;
import dev.embedding.model.layout.SentenceTransformersLayout;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Locates a model by its name: first as a local directory, then among bundled models, then on a hub. */
public final class ModelLocator {

    private final List<Path> bundledRoots;
    private final HubModels hub;
    private final BuildableGraphs buildable;

    /**
     * @param bundledRoots folders with bundled models, each at the path that is its name; the first that has it wins
     * @param buildable tells for which models a graph can be built
     */
    public ModelLocator(List<Path> bundledRoots, HubModels hub, BuildableGraphs buildable) {
        this.buildable = buildable;
        this.bundledRoots = List.copyOf(bundledRoots);
        this.hub = hub;
    }

    /** Folders of bundled models in the container image and in the build: beside the runnable jar, else the build's. */
    public static List<Path> defaultBundledRoots() {
        String runnable = System.getProperty("java.class.path", "").split(java.io.File.pathSeparator)[0];
        Path besideRunnable = Path.of(runnable).toAbsolutePath().resolveSibling("models");
        return List.of(besideRunnable, Path.of("target", "models"));
    }

    /** @throws ModelUnavailableException when the model is not found, or not supported */
    public ModelDescription locate(ModelRequest request) {
        String name = request.name();
        Optional<Path> directory = directory(Path.of(""), name);
        if (directory.isPresent()) {
            return read(request, Source.DIRECTORY, directory.get());
        }
        return bundledRoots.stream()
                .flatMap(root -> directory(root, name).filter(found -> isInside(root, found)).stream())
                .findFirst()
                .map(found -> read(request, Source.BUNDLED, found))
                .orElseGet(() -> hub.locate(request, buildable));
    }

    private ModelDescription read(ModelRequest request, Source source, Path directory) {
        return new SentenceTransformersLayout(request, source, new ModelDirectory.Local(directory), buildable).read();
    }

    /** Aborts a download from a hub. */
    public void stop() {
        hub.stop();
    }

    private static Optional<Path> directory(Path root, String name) {
        try {
            return Optional.of(root.resolve(name)).filter(Files::isDirectory);
        } catch (InvalidPathException notAPath) {
            return Optional.empty();
        }
    }

    private static boolean isInside(Path root, Path directory) {
        return directory.normalize().startsWith(root.normalize());
    }
}
