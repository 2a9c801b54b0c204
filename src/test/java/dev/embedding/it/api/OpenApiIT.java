package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests that the committed OpenAPI document is the one that the service returns. */
@ExtendWith(SharedService.class)
class OpenApiIT {

    private static final Path COMMITTED = Path.of("docs", "openapi.json");

    private final ServiceClient client;

    OpenApiIT(ServiceProcess service) {
        client = service.client();
    }

    @Test
    void equalsTheCommittedDocument() throws IOException {
        JsonNode committed = new ObjectMapper().readTree(COMMITTED.toFile());

        JsonNode served = client.get("/openapi.json").json();

        assertThat(served)
                .as("When the change is intended: curl http://localhost:8001/openapi.json > " + COMMITTED)
                .isEqualTo(committed);
    }
}
