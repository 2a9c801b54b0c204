package dev.embedding.app;

import dev.embedding.infer.runtime.EngineLibraries;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.settings.database.DatabaseUrl;
import dev.embedding.settings.environment.Environment;
import dev.embedding.settings.environment.EnvironmentSettings;
import dev.embedding.settings.environment.InvalidEnvironmentException;
import dev.embedding.settings.environment.ListenAddress;
import dev.embedding.support.ProcessDirectory;
import dev.embedding.support.UnusableDirectoryException;
import dev.embedding.tokenize.TokenizerLibrary;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;

/**
 * Starts the service, or runs the command {@link Prefetch}, or exits with code 1 and a line for each invalid environment variable, or for what this machine
 * lacks.
 */
@QuarkusMain
public final class Main {

    private static final int CANNOT_START = 1;

    private Main() {}

    public static void main(String... arguments) {
        try {
            requireKnownCommand(arguments);
            StartupChecks.check();
            Environment variables = Environment.ofProcess();
            EnvironmentSettings environment = EnvironmentSettings.of(variables, ProcessVariables.faults(variables));
            if (arguments.length > 0) {
                List<String> names = List.of(arguments).subList(1, arguments.length);
                System.exit(new Prefetch(variables, environment, System.out, System.err).run(names));
            }
            setListenAddress(ListenAddress.of(environment.settings()).requireFree());
            if (environment.database().isPresent()) {
                DatabaseUrl.quarkusProperties().forEach(System::setProperty);
            }
            loadLibraries();
        } catch (InvalidEnvironmentException invalid) {
            invalid.faults().forEach(System.err::println);
            System.exit(CANNOT_START);
        } catch (UnusableDirectoryException | InferenceException lacking) {
            System.err.println(lacking.getMessage());
            System.exit(CANNOT_START);
        }
        Quarkus.run(arguments);
    }

    private static void requireKnownCommand(String... arguments) {
        if (arguments.length > 0 && !arguments[0].equals(Prefetch.NAME)) {
            System.err.println("There is no command " + arguments[0] + ". Without one the service starts; "
                    + Prefetch.NAME + " [org/name[@revision] ...] fills the cache of models and ends.");
            System.exit(CANNOT_START);
        }
    }

    /**
     * The listen address is Quarkus configuration, which neither reads the service's {@code .env} nor applies its
     * rules.
     */
    private static void setListenAddress(ListenAddress address) {
        System.setProperty("quarkus.http.host", address.hostInBrackets());
        System.setProperty("quarkus.http.port", Integer.toString(address.port()));
    }

    /** Runs before anything else, so that an unusable directory ends the start with its name. */
    private static void loadLibraries() {
        System.setProperty(
                "vertx.cacheDirBase",
                ProcessDirectory.path().resolve("vertx-cache").toString());
        EngineLibraries.load();
        TokenizerLibrary.load();
    }
}
