package dev.embedding.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.embedding.fixture.Ports;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks variables that fail the start, and the one that must be ignored. */
class BadEnvironmentIT {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            EMBEDDING_PORT             | 80           | from 1024 to 65535
            EMBEDDING_PORT             | 65536        | from 1024 to 65535
            EMBEDDING_PORT             | http         | from 1024 to 65535
            EMBEDDING_HOST             | '  '         | not blank
            EMBEDDING_HOST             | no-host.invalid | resolves
            EMBEDDING_HOST             | 192.0.2.7    | of this machine
            EMBEDDING_MODEL_NAME       | '  '         | not blank
            EMBEDDING_MODEL_CACHE_DIR  | '  '         | a directory
            EMBEDDING_DEVICE           | gpu          | cpu, cuda or auto
            EMBEDDING_NORMALIZE        | maybe        | true
            EMBEDDING_MAX_BATCH_SIZE   | 0            | from 1 to 1024
            EMBEDDING_MAX_BATCH_SIZE   | 1025         | from 1 to 1024
            EMBEDDING_MAX_BATCH_SIZE   | 3.5          | from 1 to 1024
            CORS_ORIGINS               | ','          | not empty
            CORS_ORIGINS               | '["https://' | list
            EMBEDDING_USE_DB_SETTINGS  | perhaps      | false
            EMBEDDING_LANES            | 0            | from 1 to 256
            EMBEDDING_LANES            | many         | from 1 to 256
            EMBEDDING_MAX_BODY_SIZE    | lots         | size
            EMBEDDING_BODY_PAUSE       | soon         | duration
            EMBEDDING_RUN_TIMEOUT      | never        | duration
            EMBEDDING_MAX_QUEUE_WAIT   | short        | duration
            EMBEDDING_MAX_QUEUE_WAIT   | 0s           | duration
            EMBEDDING_MAX_BATCH_WAIT   | long         | duration
            EMBEDDING_REQUEST_TIMEOUT  | never        | duration
            EMBEDDING_BODY_TIMEOUT     | soon         | duration
            EMBEDDING_MAX_INFLIGHT_BYTES | much       | size
            EMBEDDING_MAX_CONNECTIONS  | 0            | whole number
            EMBEDDING_HEADER_TIMEOUT   | 0s           | duration
            EMBEDDING_IDLE_TIMEOUT     | never        | duration
            EMBEDDING_ANSWER_PAUSE     | never        | duration
            EMBEDDING_SHUTDOWN_DELAY   | -1s          | duration
            EMBEDDING_SHUTDOWN_TIMEOUT | later        | duration
            EMBEDDING_DB_TIMEOUT       | 0s           | duration
            EMBEDDING_SETTINGS_POLL_INTERVAL | 900ms  | 1s or more
            EMBEDDING_MODEL_FILE       | ../m.onnx    | inside the model
            EMBEDDING_POOLING          | median       | cls, mean, max
            EMBEDDING_MAX_MODEL_SIZE   | large        | size
            EMBEDDING_CACHE_SIZE       | -1           | size
            EMBEDDING_ALLOWED_HOSTS    | http://a     | host names
            EMBEDDING_ALLOWED_HOSTS    | *            | host names
            EMBEDDING_ALLOWED_MODELS   | ' '          | one or more patterns
            EMBEDDING_ALLOWED_MODELS   | a/*,,b/*     | one or more patterns
            EMBEDDING_ALLOWED_MODELS   | /m/../*      | one or more patterns
            """)
    void failsTheStartWithOneLineThatNamesVariableRuleAndValue(String variable, String value, String rule) {
        try (ServiceProcess service =
                ServiceProcess.configure().with(variable, value).launch()) {
            assertThat(service.exitCode()).isEqualTo(1);
            assertThat(service.stderr().lines())
                    .singleElement()
                    .asString()
                    .startsWith(variable + " ")
                    .contains(rule)
                    .contains("'" + value + "'");
            assertThat(service.stdout()).isEmpty();
        }
    }

    @Test
    void namesEveryBadVariableAtOnce() {
        try (ServiceProcess service = ServiceProcess.configure()
                .with("EMBEDDING_DEVICE", "gpu")
                .with("EMBEDDING_LANES", "none")
                .file(".env", "EMBEDDING_MAX_BATCH_SIZE=0 # none\n")
                .launch()) {
            assertThat(service.exitCode()).isEqualTo(1);
            assertThat(service.stderr().lines())
                    .hasSize(3)
                    .anyMatch(line -> line.startsWith("EMBEDDING_DEVICE "))
                    .anyMatch(line -> line.startsWith("EMBEDDING_LANES "))
                    .anyMatch(line -> line.startsWith("EMBEDDING_MAX_BATCH_SIZE ") && line.contains("'0'"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ssl_verify_cert=maybe      | ssl_verify_cert must be true or false, not 'maybe'
            ssl_ca=/there/is/none.pem  | ssl_ca must name a file with certificates in PEM
            ssl_cipher=AES256          | ssl_cipher is not understood
            """)
    void failsTheStartWhenTlsParametersCannotBeApplied(String parameter, String rule) {
        try (ServiceProcess service = ServiceProcess.configure()
                .with("EMBEDDING_USE_DB_SETTINGS", "true")
                .with("EMBEDDING_DB_URL", "mysql+pymysql://anna:secret@db/settings?" + parameter)
                .launch()) {
            assertThat(service.exitCode()).isEqualTo(1);
            assertThat(service.output().lines())
                    .singleElement()
                    .asString()
                    .startsWith("EMBEDDING_DB_URL ")
                    .contains(rule)
                    .doesNotContain("secret");
        }
    }

    @Test
    void namesThePortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServiceProcess service = ServiceProcess.configure()
                        .with("EMBEDDING_PORT", Integer.toString(taken.getLocalPort()))
                        .launch()) {
            assertThat(service.exitCode()).isEqualTo(1);
            assertThat(service.output().lines())
                    .singleElement()
                    .asString()
                    .startsWith("EMBEDDING_PORT must be a port that is free on '127.0.0.1', not '"
                            + taken.getLocalPort() + "'");
        }
    }

    @Test
    void ignoresTheAddressThatKubernetesSetsAsPort() {
        int defaultPort = 8001;
        assumeTrue(Ports.isFree(defaultPort), "Somebody else uses port " + defaultPort);
        try (ServiceProcess service = ServiceProcess.configure()
                .with("EMBEDDING_PORT", "tcp://10.0.0.1:8001")
                .expectedAt(defaultPort)
                .ready()) {
            assertThat(service.client()
                            .get("/settings")
                            .json()
                            .path("settings")
                            .path("port")
                            .intValue())
                    .isEqualTo(defaultPort);
            assertThat(service.output().lines())
                    .filteredOn(line -> line.contains(" WARN ") && line.contains("EMBEDDING_PORT"))
                    .hasSize(1);
        }
    }
}
