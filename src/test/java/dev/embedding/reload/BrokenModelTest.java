package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.app.UnrecoverableExit;
import dev.embedding.fixture.Await;
import dev.embedding.infer.EngineFaults;
import dev.embedding.infer.EngineFaults.Fault;
import dev.embedding.reload.SmallService.Config;
import dev.embedding.serving.ModelProbe;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.environment.EnvironmentSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BrokenModelTest {

    private static final ServiceSettings ENVIRONMENT = SmallService.settings(SmallService.CLS);

    private final EngineFaults faults = new EngineFaults();
    private final SmallService service = new SmallService(faults.runtime());
    private final FakeStore store = new FakeStore();
    private final SettingsFollower follower;

    BrokenModelTest(@TempDir Path directory) {
        follower = new SettingsFollower(
                new EnvironmentSettings(ENVIRONMENT, Set.of(), Optional.empty(), List.of()),
                Optional.of(store),
                Optional.empty(),
                "replica:8001",
                new LastGoodSettings(directory, 8001),
                service.models(Config.BESIDE),
                Duration.ofMillis(5),
                AllowedModels.ALL);
        follower.start();
        await(() -> service.active.model().isPresent());
    }

    @AfterEach
    void stop() throws InterruptedException {
        faults.end();
        follower.stop(Duration.ofSeconds(30));
        service.close();
    }

    @RepeatedTest(20)
    void reloadsABrokenModel() {
        LoadedModel broken = service.model();
        faults.freshOnesAreFine = true;
        faults.fault = Fault.THROWS;

        breakBy(Fault.THROWS);

        await(() -> service.model() != broken && ModelProbe.isClosed(broken));
        assertThat(service.model().fault()).isEmpty();
        assertThat(service.servedNames()).containsExactly(SmallService.CLS, SmallService.CLS);
        assertThat(ModelProbe.embed(service.registry, "a text")).succeedsWithin(Duration.ofSeconds(50));
        assertThat(service.counters.successes()).isOne();
        assertThat(follower.faults()).isZero();
    }

    @RepeatedTest(20)
    void aHungRunDoesNotBlockAReload() {
        LoadedModel broken = service.model();
        faults.freshOnesAreFine = true;
        faults.fault = Fault.HANGS;
        CompletableFuture<?> hung = ModelProbe.embed(service.registry, "a text");
        faults.awaitHanging(1);

        faults.giveUpRuns();
        await(() -> service.model() != broken);
        store.rows.put("model_name", SmallService.MEAN);
        await(() -> service.model().name().equals(SmallService.MEAN));

        assertThat(hung).isCompletedExceptionally();
        assertThat(ModelProbe.embed(service.registry, "a text")).succeedsWithin(Duration.ofSeconds(50));
    }

    @Test
    void retriesUntilAReloadedModelPassesItsCheck() {
        LoadedModel broken = service.model();

        breakBy(Fault.THROWS);
        await(() -> follower.health().faults().containsKey("model_fault"));
        boolean stillBroken = service.model().fault().isPresent();
        faults.freshOnesAreFine = true;
        await(() -> service.model() != broken);

        assertThat(stillBroken).isTrue();
        await(() -> follower.faults() == 0);
        assertThat(service.counters.failures()).isPositive();
    }

    @Test
    void reloadsABrokenModelWhileTheRequestedOneCannotBeLoaded() {
        LoadedModel broken = service.model();
        store.rows.putAll(Map.of("model_name", "no/such-model"));
        await(() -> follower.faults() == 1);
        faults.freshOnesAreFine = true;

        breakBy(Fault.THROWS);
        await(() -> service.model() != broken);

        assertThat(service.model().name()).isEqualTo(SmallService.CLS);
        assertThat(follower.health().faults()).containsKey("model_fault");
    }

    @Test
    void exitsAfterCompletingWhatItCan() {
        CompletableFuture<Integer> exitCode = new CompletableFuture<>();

        new UnrecoverableExit(follower, Duration.ofSeconds(30), exitCode::complete).begin();

        assertThat(exitCode).succeedsWithin(Duration.ofSeconds(50)).isEqualTo(70);
        assertThat(service.active.model()).isEmpty();
    }

    private void breakBy(Fault fault) {
        LoadedModel model = service.model();
        faults.fault = fault;
        while (model.fault().isEmpty()) {
            CompletableFuture<?> failing = ModelProbe.embed(service.registry, "a text");
            await(failing::isDone);
        }
    }

    private static void await(BooleanSupplier condition) {
        Await.until(Duration.ofSeconds(50), condition, () -> "not in time");
    }
}
