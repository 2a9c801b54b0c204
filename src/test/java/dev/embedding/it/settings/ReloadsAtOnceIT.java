package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import dev.embedding.it.load.SteadyCaller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Changes settings while another change is applied, or while the process shuts down. */
class ReloadsAtOnceIT {

    private static final String SMALL =
            ReferenceVectors.MODELS.resolve("bert-cls-normalize").toString();
    private static final String OTHER =
            ReferenceVectors.MODELS.resolve("distilbert-mean").toString();
    private static final String LARGE = ReferenceVectors.MINI_LM.toString();

    private static ServiceStart configured() {
        return ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", SMALL)
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s");
    }

    @Test
    void areFollowedOneAfterTheOther() throws IOException {
        try (ServiceProcess service = configured().ready();
                SteadyCaller caller = SteadyCaller.of(service)) {
            List<CompletableFuture<Answer>> changes = new ArrayList<>();
            for (String model : List.of(LARGE, OTHER, LARGE, SMALL)) {
                changes.add(CompletableFuture.supplyAsync(() -> change(service, model)));
            }
            for (CompletableFuture<Answer> change : changes) {
                assertThat(change.join().status()).as(change.join().text()).isEqualTo(200);
            }

            String stored = Files.readString(service.directory().resolve("settings.json"));
            assertThat(stored).contains(Following.servedModel(service));
            Following.awaitHealthy(service);
            caller.awaitAnswer();
        }
    }

    @Test
    void endWithTheProcess() throws IOException {
        ServiceProcess service = configured().ready();
        try (service) {
            CompletableFuture<Integer> change = CompletableFuture.supplyAsync(() -> {
                try {
                    return change(service, LARGE).status();
                } catch (UncheckedIOException closed) {
                    return 0;
                }
            });
            Await.until(
                    Duration.ofSeconds(30),
                    () -> service.output().contains("Loading another model") || change.isDone(),
                    service::output);

            int exitCode = service.stop();

            assertThat(exitCode).as(service.output()).isIn(0, 143);
            assertThat(change.join()).isIn(0, 200, 503);
            assertThat(service.output()).doesNotContain("SIGSEGV").doesNotContain("Exception");
        }
    }

    @Test
    void followASettingsFileThatIsMountedAndReplacedByALink() throws IOException {
        try (ServiceProcess service = configured().ready();
                SteadyCaller caller = SteadyCaller.of(service)) {
            Path directory = service.directory();
            Path first = Files.createDirectory(directory.resolve("..first"));
            Path second = Files.createDirectory(directory.resolve("..second"));
            Files.writeString(first.resolve("settings.json"), "{\"max_batch_size\": 3}");
            Files.writeString(
                    second.resolve("settings.json"), Answer.jsonOf(Map.of("max_batch_size", 4, "model_name", OTHER)));
            Files.createSymbolicLink(directory.resolve("..data"), first);
            Files.createSymbolicLink(directory.resolve("settings.json"), Path.of("..data", "settings.json"));
            Following.awaitSetting(service, "max_batch_size", "3");

            Files.createSymbolicLink(directory.resolve("..data_tmp"), second);
            Files.move(directory.resolve("..data_tmp"), directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

            Following.awaitModel(service, OTHER);
            Following.awaitSetting(service, "max_batch_size", "4");
            assertThat(change(service, SMALL).status()).isEqualTo(400);
            caller.awaitAnswer();
        }
    }

    private static Answer change(ServiceProcess service, String model) {
        return service.client().postJson("/settings", Answer.jsonOf(Map.of("key", "model_name", "value", model)));
    }
}
