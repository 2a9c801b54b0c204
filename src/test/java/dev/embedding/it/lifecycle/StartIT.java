package dev.embedding.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.embedding.fixture.Await;
import dev.embedding.fixture.OpenSockets;
import dev.embedding.fixture.Ports;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/** Checks the start: the log lines, and that the process opens no connections. */
@ExtendWith(SharedService.class)
class StartIT {

    private final ServiceProcess service;

    StartIT(ServiceProcess service) {
        this.service = service;
    }

    @Test
    void logsItsAddressAndModel() {
        Await.until(Duration.ofSeconds(5), () -> service.stdout().contains("lanes  "), service::stdout);

        String address = "http://127.0.0.1:" + service.port();
        assertThat(service.stdout())
                .containsPattern("address +" + address + "\n")
                .containsPattern("docs +" + address + "/docs\n")
                .containsPattern("model +BAAI/bge-small-en-v1.5 \\(cls pooling, at most 512 tokens, loaded in ")
                .containsPattern("dimension +384\n")
                .containsPattern("device +(cpu|cuda) \\(cuda asked for\\)\n")
                .containsPattern("provider +(CPU|CUDA)ExecutionProvider, ONNX Runtime ")
                .containsPattern("lanes +[0-9]+\n");
        // Newer JDKs warn of what the framework does.
        assertThat(service.stderr().lines()).allMatch(line -> line.startsWith("WARNING: "));
    }

    @Test
    void showsAnIpv6AddressInBrackets() {
        assumeTrue(Ports.ipv6IsAvailable(), "This machine has no IPv6");
        try (ServiceProcess everywhere =
                ServiceProcess.configure().with("EMBEDDING_HOST", "::").ready()) {
            Await.until(Duration.ofSeconds(5), () -> everywhere.stdout().contains("lanes  "), everywhere::stdout);

            String address = "http://[::]:" + everywhere.port();
            assertThat(everywhere.stdout())
                    .containsPattern("address +" + Pattern.quote(address) + "\n")
                    .containsPattern("docs +" + Pattern.quote(address) + "/docs\n")
                    .doesNotContain("://:::", "//0:0");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void connectsToNobody() throws IOException {
        service.client().embed("a").vectors();

        Path descriptors = Path.of("/proc", Long.toString(service.pid()), "fd");
        assumeTrue(Files.isReadable(descriptors), "The process cannot be looked into");
        assertThat(OpenSockets.of(service.pid())).isNotEmpty().allMatch(OpenSockets.Remote::isLocal);
        for (Path directory : List.of(Path.of("/tmp"), service.directory().resolve("tmp"))) {
            assertThat(directory.resolve("mat-debug-" + service.pid() + ".log")).doesNotExist();
        }
    }
}
