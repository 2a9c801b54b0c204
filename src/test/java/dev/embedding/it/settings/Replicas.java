package dev.embedding.it.settings;

import dev.embedding.fixture.MariaDb;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import java.util.List;

/** Two replicas of the service that follow the settings in one database. */
record Replicas(MariaDb database, ServiceProcess service, ServiceProcess replica) implements AutoCloseable {

    /** @param model the environment's */
    static Replicas start(String model) {
        MariaDb database = MariaDb.started();
        return new Replicas(
                database,
                configured(database, model).ready(),
                configured(database, model).ready());
    }

    private static ServiceStart configured(MariaDb database, String model) {
        return ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", model)
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_USE_DB_SETTINGS", "true")
                .with("EMBEDDING_DB_URL", database.url())
                .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s");
    }

    List<ServiceProcess> all() {
        return List.of(service, replica);
    }

    @Override
    public void close() {
        replica.close();
        service.close();
        database.close();
    }
}
