package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.FaultyModel;
import dev.embedding.fixture.FaultyModel.Harm;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import dev.embedding.it.load.SteadyCaller;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs a model that fails in the engine of the running service. */
@Tag("thorough")
class EngineFaultsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static ServiceStart serviceWith(Path directory) throws IOException {
        return ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", FaultyModel.in(directory).toString())
                .with("EMBEDDING_RUN_TIMEOUT", "1s")
                .with("EMBEDDING_SHUTDOWN_TIMEOUT", "4s");
    }

    private static String engineFault(ServiceProcess service) {
        JsonNode health = service.client().get("/health").json();
        return health.path("dependencies").path("engine_fault").asText();
    }

    @Test
    void failsTheFaultyTextAndNoOther(@TempDir Path directory) throws IOException {
        try (ServiceProcess service = serviceWith(directory).ready();
                SteadyCaller caller = SteadyCaller.of(service)) {
            for (Harm harm : List.of(Harm.GIVES_NAN, Harm.THROWS, Harm.NEEDS_MUCH_MEMORY, Harm.IS_SLOW)) {
                Answer failed = service.client()
                        .embedLater(List.of("a", harm.text(), "b"))
                        .join();

                assertThat(failed.requireError(500).path("detail").textValue())
                        .as(harm.name())
                        .contains("index 1");
                caller.awaitAnswer();
                assertThat(service.client().get("/q/health/ready").status()).isEqualTo(200);
            }
            assertThat(engineFault(service)).isEmpty();
            assertThat(service.client().meter("embedding_runs_terminated_total"))
                    .isPositive();
        }
    }

    @Test
    void replacesAModelAfterAHangingRunAndExitsAfterTheSecond(@TempDir Path directory) throws IOException {
        try (ServiceProcess service = serviceWith(directory).ready()) {
            CompletableFuture<Answer> hanging = service.client().embedLater(List.of(Harm.HANGS.text()));

            Await.until(PATIENCE, () -> !engineFault(service).isEmpty(), service::output);
            hanging.join().requireError(500);
            Await.until(
                    PATIENCE,
                    () -> engineFault(service).isEmpty()
                            && service.client().get("/q/health/ready").status() == 200,
                    service::output);
            assertThat(service.client().embed("a").vectors()).hasSize(1);
            assertThat(service.client().meter("embedding_runs_abandoned_total")).isEqualTo(1);

            hanging = service.client().embedLater(List.of(Harm.HANGS.text()));

            assertThat(service.exitCode()).isEqualTo(70);
            hanging.join().requireError(500);
            assertThat(service.output().stripTrailing()).endsWith("start it again");
        }
    }

    @Test
    void exitsByForceWhenARunHangsDuringShutdown(@TempDir Path directory) throws IOException {
        try (ServiceProcess service = serviceWith(directory).ready()) {
            CompletableFuture<Answer> hanging = service.client().embedLater(List.of(Harm.HANGS.text()));
            Await.until(PATIENCE, () -> service.client().meter("embedding_runs_terminated_total") > 0, service::output);

            assertThat(service.stop()).isEqualTo(143);
            assertThat(service.output()).contains("The service did not end in 4000 ms; it is ended now");
            hanging.join().requireError(503);
        }
    }
}
