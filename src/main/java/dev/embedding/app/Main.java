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

/**
 * Starts the service, or ends with exit code 1 and a line for each environment variable that has a bad value, or for what
 * this machine lacks.
 */
@QuarkusMain
public final class Main {

    private static final int CANNOT_START = 1;

    private Main() {}

    public static void main(String... arguments) {
        try {
            StartupChecks.check();
            EnvironmentSettings environment = EnvironmentSettings.of(Environment.ofProcess());
            listenAt(ListenAddress.of(environment.settings()).requireFree());
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

    /** The listener's address is Quarkus configuration, which reads neither our {@code .env} nor our rules. */
    private static void listenAt(ListenAddress address) {
        System.setProperty("quarkus.http.host", address.hostInBrackets());
        System.setProperty("quarkus.http.port", Integer.toString(address.port()));
    }

    /** Before anything else runs, so that a directory that cannot be used ends the start with its name. */
    private static void loadLibraries() {
        System.setProperty(
                "vertx.cacheDirBase",
                ProcessDirectory.path().resolve("vertx-cache").toString());
        EngineLibraries.load();
        TokenizerLibrary.load();
    }
}
