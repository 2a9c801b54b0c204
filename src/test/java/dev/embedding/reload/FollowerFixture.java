package dev.embedding.reload;

import dev.embedding.fixture.Await;
import dev.embedding.reload.SmallService.Config;
import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.environment.EnvironmentSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** Followers of an in-memory store that serve reference models, stopped after each test. */
abstract class FollowerFixture {

    static final Duration OFTEN = Duration.ofMillis(5);
    static final Duration NEVER_AGAIN = Duration.ofDays(1);
    static final ServiceSettings ENVIRONMENT = SmallService.settings(SmallService.CLS);
    static final String MISSING = "no/such-model";

    final Path directory;
    final SmallService service = new SmallService();
    final FakeStore store = new FakeStore();
    private final List<SettingsFollower> started = new ArrayList<>();

    FollowerFixture(Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void stop() throws InterruptedException {
        service.check.open();
        for (SettingsFollower follower : started) {
            follower.stop(Duration.ofSeconds(30));
        }
        service.close();
    }

    SettingsFollower start(Duration pollInterval) {
        return start(Optional.of(store), pollInterval, Config.BESIDE);
    }

    SettingsFollower start(Optional<FakeStore> from, Duration pollInterval, ReloadConfig config) {
        SettingsFollower follower = new SettingsFollower(
                new EnvironmentSettings(ENVIRONMENT, Set.of(), Optional.empty(), List.of()),
                from.map(fake -> fake),
                Optional.empty(),
                "replica:8001",
                lastGood(),
                service.models(config),
                pollInterval,
                AllowedModels.ALL);
        started.add(follower);
        follower.start();
        return follower;
    }

    LastGoodSettings lastGood() {
        return new LastGoodSettings(directory, 8001);
    }

    /** After these, rows that were read later than this call began are known to the follower. */
    void awaitTwoReads() {
        int before = store.reads.get();
        await(() -> store.reads.get() >= before + 3);
    }

    static void await(BooleanSupplier condition) {
        Await.until(Duration.ofSeconds(40), condition, () -> "it did not come to pass");
    }
}
