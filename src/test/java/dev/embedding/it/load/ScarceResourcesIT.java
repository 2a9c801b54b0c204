package dev.embedding.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.it.settings.Following;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Tests a running service that temporarily lacks resources of the operating system, by util-linux' {@code prlimit} and
 * signals.
 */
@EnabledOnOs(OS.LINUX)
@EnabledIf("canLimitProcesses")
@Tag("thorough")
class ScarceResourcesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int OTHERS = 30;

    private final ServiceProcess service = ServiceProcess.configure()
            .with("EMBEDDING_SETTINGS_FILE", "settings.txt")
            .with("EMBEDDING_RUN_TIMEOUT", "1s")
            .ready();

    static boolean canLimitProcesses() {
        return Stream.of("/usr/bin/prlimit", "/bin/prlimit").map(Path::of).anyMatch(Files::isExecutable);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private void tell(String... command) throws IOException {
        List<String> whole = new ArrayList<>(List.of(command));
        whole.add(Long.toString(service.pid()));
        Process process = new ProcessBuilder(whole).inheritIO().start();
        assertThat(process.onExit().join().exitValue()).isZero();
    }

    /** Sets a soft limit, which may be raised again. */
    private void limit(String resource, String soft) throws IOException {
        tell("prlimit", "--" + resource + "=" + soft + ":", "--pid");
    }

    private Set<Long> openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(service.pid()), "fd"))) {
            return files.map(file -> Long.valueOf(file.getFileName().toString()))
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    private void requireServing() {
        assertThat(service.client().embed("a").vectors()).hasSize(1);
        assertThat(service.client().get("/q/health/live").status()).isEqualTo(200);
    }

    @Test
    void servesOpenConnectionsWithoutFileDescriptorsAndNewOnesLater() throws IOException {
        requireServing();
        Set<Long> open = openFiles();
        // The limit applies to descriptor numbers; five are left free.
        long lastFree = LongStream.iterate(0, number -> number + 1)
                .filter(number -> !open.contains(number))
                .skip(4)
                .findFirst()
                .orElseThrow();
        limit("nofile", Long.toString(lastFree + 1));
        List<RawConnection> others = new ArrayList<>();
        try {
            for (int other = 0; other < OTHERS; other++) {
                others.add(service.connect());
            }

            requireServing();
            assertThat(openFiles()).hasSizeLessThan(open.size() + OTHERS / 2);
        } finally {
            for (RawConnection other : others) {
                other.close();
            }
        }
        try (RawConnection later = service.connect()) { // It waits behind the others, as many as fit each second.
            later.sendHead("GET /health");

            assertThat(later.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void servesWhileNothingCanBeWritten() throws IOException {
        requireServing();
        limit("fsize", "0");

        Answer refused = service.client().postJson("/settings", "{\"key\": \"max_batch_size\", \"value\": \"8\"}");
        assertThat(refused.status()).as(refused.text()).isBetween(500, 599);
        requireServing();
        assertThat(Following.setting(service, "max_batch_size").asText()).isEqualTo("32");

        limit("fsize", "unlimited");

        Await.until(
                PATIENCE,
                () -> service.client()
                                .postJson("/settings", "{\"key\": \"max_batch_size\", \"value\": \"8\"}")
                                .status()
                        == 200,
                service::output);
        assertThat(Following.setting(service, "max_batch_size").asText()).isEqualTo("8");
    }

    /** Suspends the process, like a frozen container or a host without a free processor. */
    @Test
    void completesRequestsAfterASuspension() throws IOException {
        List<String> texts = GeneratedTexts.of(400, 30, 1);
        CompletableFuture<Answer> answer = service.client().embedLater(texts);
        Await.until(PATIENCE, () -> service.client().meter("embedding_queue_tokens") > 0, service::output);

        tell("kill", "-STOP");
        LockSupport.parkNanos(Duration.ofSeconds(13).toNanos());
        tell("kill", "-CONT");

        assertThat(answer.join().vectors()).hasSize(texts.size());
        requireServing();
        assertThat(service.client().meter("embedding_runs_abandoned_total")).isZero();
    }
}
