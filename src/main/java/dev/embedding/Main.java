package dev.embedding;

import dev.embedding.settings.DatabaseUrl;
import dev.embedding.settings.Environment;
import dev.embedding.settings.EnvironmentSettings;
import dev.embedding.settings.InvalidEnvironmentException;
import dev.embedding.settings.ServiceSettings;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Starts the service, or ends with exit code 1 and a line for each environment variable that has a bad value. */
@QuarkusMain
public final class Main {

    private static final int BAD_ENVIRONMENT = 1;

    private Main() {}

    public static void main(String... arguments) {
        try {
            EnvironmentSettings environment = EnvironmentSettings.of(Environment.ofProcess());
            listenAt(environment.settings());
            if (environment.database().isPresent()) {
                DatabaseUrl.quarkusProperties().forEach(System::setProperty);
            }
        } catch (InvalidEnvironmentException invalid) {
            invalid.faults().forEach(System.err::println);
            System.exit(BAD_ENVIRONMENT);
        }
        Quarkus.run(arguments);
    }

    /** The listener's address is Quarkus configuration, which reads neither our {@code .env} nor our rules. */
    private static void listenAt(ServiceSettings settings) {
        System.setProperty("quarkus.http.host", settings.host());
        System.setProperty("quarkus.http.port", Integer.toString(settings.port()));
    }
}
