package dev.embedding.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.it.api.OpenAiErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the shutdown of the process on SIGTERM. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Tag("alone")
class ShutdownIT {

    private static final Duration QUICKLY = Duration.ofSeconds(8);

    @Test
    void exitsQuicklyAndLeavesNoTemporaryFile() throws IOException {
        try (ServiceProcess service = ServiceProcess.configure().ready()) {
            service.client().embed("a").vectors();

            requireOrderlyEnd(service);

            try (Stream<Path> left = Files.walk(service.directory())) {
                assertThat(left.filter(Files::isRegularFile)
                                .filter(file ->
                                        !file.startsWith(service.directory().resolve("model_cache")))
                                .map(Path::getFileName)
                                .map(Path::toString))
                        .containsExactlyInAnyOrder("stdout.log", "stderr.log");
            }
        }
    }

    @Test
    void completesAcceptedRequestsBeforeItExits() {
        try (ServiceProcess service = ServiceProcess.configure().ready()) {
            List<String> texts = GeneratedTexts.of(200, 20, 1);
            CompletableFuture<Answer> answer = service.client().embedLater(texts);
            Await.until(QUICKLY, () -> service.client().meter("embedding_queue_tokens") > 0, service::output);

            requireOrderlyEnd(service);

            assertThat(answer.join().vectors()).hasSize(texts.size());
        }
    }

    @Test
    void servesWithoutBeingReadyForTheDelay() {
        try (ServiceProcess service = ServiceProcess.configure()
                .with("EMBEDDING_SHUTDOWN_DELAY", "2s")
                .ready()) {
            service.terminate();
            awaitStatus(service, "/q/health/ready", 503);

            Answer answer = service.client().embed("a");

            assertThat(answer.vectors()).hasSize(1);
            assertThat(answer.header("Connection")).hasValue("close");
            assertThat(service.client().get("/health").status()).isEqualTo(200);
            assertThat(service.client().get("/q/health/live").status()).isEqualTo(200);
            assertThat(service.exitCode()).isIn(0, 143);
        }
    }

    @Test
    void rejectsNewTextsWhileItDrains() {
        try (ServiceProcess service = ServiceProcess.configure().ready()) {
            List<String> texts = GeneratedTexts.of(500, 30, 1);
            CompletableFuture<Answer> taken = service.client().embedLater(texts);
            Await.until(QUICKLY, () -> service.client().meter("embedding_queue_tokens") > 0, service::output);
            service.terminate();
            awaitStatus(service, "/q/health/ready", 503);

            Answer refused = service.client().embed("a");
            Answer openAi = service.client().postJson("/v1/embeddings", "{\"input\": \"a\"}");

            refused.requireError(503);
            assertThat(refused.header("Connection")).hasValue("close");
            OpenAiErrors.require(openAi, 503);
            assertThat(openAi.header("x-should-retry")).hasValue("true");
            assertThat(openAi.header("retry-after-ms")).hasValue("1000");
            assertThat(service.client().get("/health").status()).isEqualTo(200);
            assertThat(service.client().get("/q/health/live").status()).isEqualTo(200);
            assertThat(taken.join().vectors()).hasSize(texts.size());
            assertThat(service.exitCode()).isIn(0, 143);
        }
    }

    @Test
    void abortsAtOnceWhatItCannotComputeInTime() {
        try (ServiceProcess service = ServiceProcess.configure()
                .with("EMBEDDING_SHUTDOWN_TIMEOUT", "5s")
                .ready()) {
            CompletableFuture<Answer> tooMuch = service.client().embedLater(GeneratedTexts.of(1_000, 400, 1));
            Await.until(QUICKLY, () -> service.client().meter("embedding_queue_tokens") > 0, service::output);
            long start = System.nanoTime();

            requireQuickEnd(service);

            tooMuch.join().requireError(503);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void rejectsABodyThatHasNotArrivedInTime() throws IOException {
        try (ServiceProcess service = ServiceProcess.configure()
                        .with("EMBEDDING_SHUTDOWN_TIMEOUT", "2s")
                        .ready();
                RawConnection late = service.connect();
                RawConnection inTime = service.connect()) {
            String body = "{\"texts\": [\"a\"]}";
            late.sendHead("POST /embed", "Content-Length: " + body.length()).send("{");
            inTime.sendHead("POST /embed", "Content-Length: " + body.length()).send("{");
            service.client().embed("a").vectors();
            service.terminate();
            awaitStatus(service, "/q/health/ready", 503);

            inTime.send(body.substring(1));

            assertThat(inTime.answer().vectors()).hasSize(1);
            Answer refused = late.answer();
            refused.requireError(503);
            assertThat(refused.header("Connection")).hasValue("close");
            assertThat(service.exitCode()).isIn(0, 143);
        }
    }

    /** The model takes a while to load; the signal comes somewhere in between. */
    @ParameterizedTest
    @ValueSource(ints = {0, 300, 600})
    void exitsWhileItIsStillLoading(int millisAfterTheFirstAnswer) {
        try (ServiceProcess service = ServiceProcess.configure().live()) {
            long end = System.nanoTime()
                    + Duration.ofMillis(millisAfterTheFirstAnswer).toNanos();
            Await.until(QUICKLY, () -> System.nanoTime() > end, service::output);

            requireOrderlyEnd(service);
        }
    }

    private static void awaitStatus(ServiceProcess service, String path, int status) {
        Await.until(QUICKLY, () -> service.client().statusOf(path).equals(Optional.of(status)), service::output);
    }

    private static void requireOrderlyEnd(ServiceProcess service) {
        requireQuickEnd(service);
        assertThat(service.output()).doesNotContain(" ERROR ");
    }

    private static void requireQuickEnd(ServiceProcess service) {
        long start = System.nanoTime();
        int exitCode = service.stop();

        assertThat(exitCode).as(service.output()).isIn(0, 143);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(QUICKLY);
        assertThat(service.output()).doesNotContain("fatal error");
    }
}
