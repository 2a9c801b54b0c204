package dev.embedding.app;

import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.hub.DownloadProgress;
import dev.embedding.model.locate.HubModels;
import dev.embedding.model.locate.ModelLocator;
import dev.embedding.reload.ModelRequests;
import dev.embedding.serving.model.ArchitectureGraphs;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.environment.Environment;
import dev.embedding.settings.environment.EnvironmentSettings;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The command that fills the cache with models of a hub and ends: for init containers, and images that run without a
 * network. It downloads and verifies what the service would, with the same settings from the environment.
 */
final class Prefetch {

    /** The first argument of the command. */
    static final String NAME = "prefetch";

    private static final String MOST_BYTES = "EMBEDDING_MAX_MODEL_SIZE";

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final long MEGABYTE = 1_000_000;

    private final Environment variables;
    private final EnvironmentSettings environment;
    private final PrintStream output;
    private final PrintStream errors;

    Prefetch(Environment variables, EnvironmentSettings environment, PrintStream output, PrintStream errors) {
        this.variables = variables;
        this.environment = environment;
        this.output = output;
        this.errors = errors;
    }

    /**
     * Fetches models, and goes on after a failure.
     *
     * @param names as in the setting {@code model_name}; none for those that the environment names
     * @return the exit code: 0 when all are in the cache
     */
    int run(List<String> names) {
        Collection<ModelSettings> wanted = names.isEmpty()
                ? environment.settings().models().values()
                : names.stream().map(this::ofDefault).toList();
        int exitCode = DONE;
        for (ModelSettings settings : wanted) {
            String name = settings.get(Setting.MODEL_NAME);
            try {
                fetch(name, settings);
            } catch (ModelUnavailableException failure) {
                errors.println(failure.getMessage());
                exitCode = FAILED;
            } catch (IOException failure) {
                errors.println("Model " + name + ": " + failure.getMessage());
                exitCode = FAILED;
            }
        }
        return exitCode;
    }

    private void fetch(String name, ModelSettings settings) throws IOException {
        Steps steps = new Steps(name);
        ModelDescription model = new ModelLocator(
                        ModelLocator.defaultBundledRoots(),
                        new HubModels(variables::value, mostBytes(), steps),
                        new ArchitectureGraphs())
                .locate(request(settings));
        if (model.source() != ModelDescription.Source.HUB) {
            output.println(name + " is no model of a hub, but " + place(model.source()));
            return;
        }
        long bytes = 0;
        for (Path file : model.files().values()) {
            bytes += Files.size(file);
        }
        output.println(name + " is in the cache: revision " + model.revision().orElse("") + ", "
                + model.files().size() + " files, " + bytes / MEGABYTE + " MB");
    }

    private OptionalLong mostBytes() {
        Optional<MemorySize> most = variables.value(MOST_BYTES).map(new MemorySizeConverter()::convert);
        return most.isPresent() ? OptionalLong.of(most.get().asLongValue()) : OptionalLong.empty();
    }

    private static String place(ModelDescription.Source source) {
        return source == ModelDescription.Source.DIRECTORY ? "a directory" : "bundled with the service";
    }

    private ModelRequest request(ModelSettings settings) {
        boolean cacheIsGiven = environment.given().contains(SettingKey.of(Setting.MODEL_CACHE_DIR));
        return ModelRequests.of(settings, cacheIsGiven, InputLimits.NONE);
    }

    /** Another model with the settings of the default one. */
    private ModelSettings ofDefault(String name) {
        return environment.settings().defaultModel().withValue(Setting.MODEL_NAME, name);
    }

    /** Prints the progress of a download at each tenth. */
    private final class Steps implements DownloadProgress {
        private static final int TENTHS = 10;

        private final String name;
        private long printed;

        Steps(String name) {
            this.name = name;
        }

        @Override
        public void report(long done, long all) {
            long tenth = all == 0 ? 0 : TENTHS * done / all;
            if (tenth > printed) {
                printed = tenth;
                output.println(name + ": " + done / MEGABYTE + " of " + all / MEGABYTE + " MB");
            }
        }
    }
}
