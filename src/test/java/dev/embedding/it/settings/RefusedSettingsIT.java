package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks services whose settings are read-only. */
@ExtendWith(SharedService.class)
class RefusedSettingsIT {

    private final ServiceClient client;

    RefusedSettingsIT(ServiceProcess service) {
        client = service.client();
    }

    @Test
    void changesNothingThatIsNotStored() {
        requireRejected(client);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "[]", "{}", "{\"key\": \"nothing\", \"value\": 1}", "{\"settings\": {}}"})
    void saysThatNothingIsStoredBeforeItReadsTheRequest(String body) {
        client.postJson("/settings", body).requireError(400);
        client.postJson("/settings/bulk", body).requireError(400);
        client.send("DELETE", "/settings/nothing").requireError(400);
    }

    /** Uses a link, as Kubernetes mounts a ConfigMap, whose target is managed elsewhere. */
    @Test
    void changesNothingInAFileThatItMayNotReplace(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("stored.json"), "{\"max_batch_size\": 7}");
        Path link = Files.createSymbolicLink(folder.resolve("settings.json"), file);
        try (ServiceProcess readOnly = ServiceProcess.configure()
                .with("EMBEDDING_SETTINGS_FILE", link.toString())
                .ready()) {
            JsonNode settings = readOnly.client().get("/settings").json().path("settings");

            requireRejected(readOnly.client());

            assertThat(settings.path("max_batch_size").intValue()).isEqualTo(7);
            assertThat(file).hasContent("{\"max_batch_size\": 7}");
        }
    }

    private static void requireRejected(ServiceClient client) {
        JsonNode before = client.get("/settings").json();
        client.postJson("/settings", "{\"key\": \"max_batch_size\", \"value\": 8}")
                .requireError(400);
        client.postJson("/settings/bulk", "{\"settings\": {\"device\": \"cpu\"}}")
                .requireError(400);
        client.send("DELETE", "/settings/max_batch_size").requireError(400);
        assertThat(client.get("/settings").json()).isEqualTo(before);
    }
}
