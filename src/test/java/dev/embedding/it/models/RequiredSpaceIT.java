package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import dev.embedding.it.load.SteadyCaller;
import dev.embedding.it.settings.Following;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checks that with {@code required_space}, of the environment or stored, no other vector space is served. */
class RequiredSpaceIT {

    private static final String SMALL =
            ReferenceVectors.MODELS.resolve("distilbert-mean").toString();
    private static final String OTHER =
            ReferenceVectors.MODELS.resolve("bert-cls-normalize").toString();

    /** By the model. */
    private static final Map<String, String> SPACES = new HashMap<>();

    private static ServiceStart configured(String model) {
        return ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", model)
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_SETTINGS_FILE", "settings.txt")
                .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s");
    }

    @Test
    void isNotLeftByAnyChange() throws IOException {
        String space = spaceOf(SMALL);
        try (ServiceProcess service = configured(SMALL)
                        .with("EMBEDDING_REQUIRED_SPACE", space)
                        .ready();
                SteadyCaller caller = SteadyCaller.of(service)) {
            for (Map<String, Object> change : List.<Map<String, Object>>of(
                    Map.of("key", "model_name", "value", OTHER),
                    Map.of("key", "normalize_embeddings", "value", false))) {
                Answer refused = service.client().postJson("/settings", Answer.jsonOf(change));
                assertThat(refused.status()).as(refused.text()).isEqualTo(422);
                assertThat(refused.text()).contains(space);
            }
            assertThat(service.directory().resolve("settings.txt")).doesNotExist();

            Files.writeString(
                    service.directory().resolve("settings.txt"),
                    "normalize_embeddings=no\nmax_batch_size=4\nmodel_name=" + OTHER + "\n");

            Following.awaitFault(service, "model_fault", space);
            Following.awaitSetting(service, "max_batch_size", "4");
            assertThat(servedSpace(service)).isEqualTo(space);
            caller.awaitAnswer();
        }
        try (ServiceProcess service =
                configured(OTHER).with("EMBEDDING_REQUIRED_SPACE", space).live()) {
            Following.awaitHealth(service, health -> health.path("dependencies").has("model_fault"));
            assertThat(service.client().get("/q/health/ready").status()).isEqualTo(503);
            service.client().embed("a text").requireError(503);
        }
    }

    @Test
    void isStoredChangedWithItsModelAndLifted() {
        String space = spaceOf(SMALL);
        String other = spaceOf(OTHER);
        try (ServiceProcess service = configured(SMALL).ready();
                SteadyCaller caller = SteadyCaller.of(service)) {
            assertThat(Following.setting(service, "required_space").textValue()).isEmpty();
            requireRejected(change(service, Map.of("required_space", other)), space, other);
            requireFollowed(change(service, Map.of("required_space", space)));
            requireRejected(change(service, Map.of("model_name", OTHER)), space, other);
            assertThat(stored(service)).hasContent("required_space=" + space);

            requireFollowed(change(service, Map.of("model_name", OTHER, "required_space", other)));

            assertThat(servedSpace(service)).isEqualTo(other);
            assertThat(Following.setting(service, "required_space").textValue()).isEqualTo(other);
            requireRejected(service.client().send("DELETE", "/settings/model_name"), other, space);
            requireFollowed(service.client().send("DELETE", "/settings/required_space"));
            requireFollowed(service.client().send("DELETE", "/settings/model_name"));
            assertThat(servedSpace(service)).isEqualTo(space);
            caller.awaitAnswer();
        }
    }

    @Test
    void isKeptWhenAnotherOneIsWrittenIntoTheStore() throws IOException {
        String space = spaceOf(SMALL);
        String other = spaceOf(OTHER);
        try (ServiceProcess service =
                configured(SMALL).with("EMBEDDING_REQUIRED_SPACE", space).ready()) {
            Files.writeString(stored(service), "required_space=" + other + "\nmax_batch_size=4\n");
            Following.awaitFault(service, "model_fault", other);
            Following.awaitSetting(service, "max_batch_size", "4");
            assertThat(Following.setting(service, "required_space").textValue()).isEqualTo(space);

            Files.writeString(stored(service), "required_space=" + other + "\nmodel_name=" + OTHER + "\n");
            Following.awaitModel(service, OTHER);
            Following.awaitHealthy(service);

            Files.writeString(stored(service), "required_space=\n");
            Following.awaitModel(service, SMALL);
            Following.awaitHealthy(service);
            assertThat(Following.setting(service, "required_space").textValue()).isEmpty();
        }
    }

    private static String spaceOf(String model) {
        return SPACES.computeIfAbsent(model, unknown -> {
            try (ServiceProcess service = configured(unknown).ready()) {
                return servedSpace(service);
            }
        });
    }

    private static String servedSpace(ServiceProcess service) {
        return service.client().get("/model/info").json().path("fingerprint").textValue();
    }

    private static Path stored(ServiceProcess service) {
        return service.directory().resolve("settings.txt");
    }

    private static Answer change(ServiceProcess service, Map<String, Object> settings) {
        return service.client().postJson("/settings/bulk", Answer.jsonOf(Map.of("settings", settings)));
    }

    private static void requireFollowed(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private static void requireRejected(Answer answer, String required, String requested) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.text()).contains(required, requested);
    }
}
