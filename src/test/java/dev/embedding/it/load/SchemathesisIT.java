package dev.embedding.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.it.clients.PythonPackage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests requests that Schemathesis generates from {@code /openapi.json}; needs python3 and its package index. */
@Tag("soak")
class SchemathesisIT {

    private static final String CONFORMANCE =
            "status_code_conformance,content_type_conformance,response_schema_conformance";
    private static final String SETTINGS = "^/settings";

    @Test
    void findsNoServerErrorUndocumentedStatusOrSchemaViolation(@TempDir Path directory) throws Exception {
        // A deadline of a millisecond rightly gets 504.
        Path config = Files.writeString(
                directory.resolve("schemathesis.toml"), "[parameters]\n\"header.X-Request-Timeout-Ms\" = \"60000\"\n");
        PythonPackage schemathesis = PythonPackage.installed("schemathesis", "schemathesis==4.32.5");
        try (ServiceProcess service = ServiceProcess.configure()
                .with(
                        "EMBEDDING_MODEL_NAME",
                        ReferenceVectors.MODELS.resolve("bert-max").toString())
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .ready()) {
            List<String> command = List.of(
                    schemathesis.program("schemathesis"),
                    "--config-file",
                    config.toString(),
                    "run",
                    "http://127.0.0.1:" + service.port() + "/openapi.json",
                    "--max-examples",
                    System.getProperty("fuzz.examples", "60"),
                    "--seed",
                    System.getProperty("fuzz.seed", "1"),
                    "--no-color");
            run(directory, command, "--checks", "not_a_server_error," + CONFORMANCE, "--exclude-path-regex", SETTINGS);
            // A model that cannot be loaded gets 500, as the contract says.
            run(directory, command, "--checks", CONFORMANCE, "--include-path-regex", SETTINGS);
        }
    }

    private static void run(Path directory, List<String> command, String... options)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(options));
        Process process = new ProcessBuilder(all)
                .directory(directory.toFile()) // where it keeps what it found
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
