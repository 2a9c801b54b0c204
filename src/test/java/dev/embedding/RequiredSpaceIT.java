package dev.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code EMBEDDING_REQUIRED_SPACE}: another vector space is never served. */
class RequiredSpaceIT {

    private static final String SMALL =
            ReferenceVectors.MODELS.resolve("distilbert-mean").toString();
    private static final String OTHER =
            ReferenceVectors.MODELS.resolve("bert-cls-normalize").toString();

    private static ServiceStart configured(String model) {
        return ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", model)
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_SETTINGS_FILE", "settings.txt")
                .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s");
    }

    @Test
    void isLeftByNoChange() throws IOException {
        String space;
        try (ServiceProcess service = configured(SMALL).ready()) {
            space = service.client()
                    .get("/model/info")
                    .json()
                    .path("fingerprint")
                    .textValue();
        }
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
            assertThat(service.client()
                            .get("/model/info")
                            .json()
                            .path("fingerprint")
                            .textValue())
                    .isEqualTo(space);
            caller.awaitAnswer();
        }
        try (ServiceProcess service =
                configured(OTHER).with("EMBEDDING_REQUIRED_SPACE", space).live()) {
            Following.awaitHealth(service, health -> health.path("dependencies").has("model_fault"));
            assertThat(service.client().get("/q/health/ready").status()).isEqualTo(503);
            service.client().embed("a text").requireError(503);
        }
    }
}
