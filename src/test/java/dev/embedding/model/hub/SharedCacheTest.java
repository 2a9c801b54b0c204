package dev.embedding.model.hub;

import static dev.embedding.model.hub.HubFixture.CONFIG;
import static dev.embedding.model.hub.HubFixture.WEIGHTS;
import static dev.embedding.model.hub.HubFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shares one cache between several clients and processes; more rounds with {@code -Dhub.rounds=100}. */
class SharedCacheTest {

    private static final int ROUNDS = Integer.getInteger("hub.rounds", 3);
    private static final byte[] LARGE = HubFixture.random(2_000_000);
    private static final byte[] SMALL = HubFixture.random(10_000);

    private Path folder;

    @BeforeEach
    void make(@TempDir Path directory) {
        folder = directory;
    }

    @Test
    void twoClientsDownloadEachFileOnce() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Path cache = Files.createDirectory(folder.resolve("round" + round));
            try (HubFixture fixture = serving(cache)) {
                Hub second = fixture.hub();
                CountDownLatch start = new CountDownLatch(1);
                CompletableFuture<HubSnapshot> other = CompletableFuture.supplyAsync(() -> {
                    await(start);
                    HubSnapshot snapshot = second.snapshot(HubFixture.NAME);
                    snapshot.fetch(List.of(CONFIG, WEIGHTS), Long.MAX_VALUE, DownloadProgress.NONE);
                    return snapshot;
                });

                start.countDown();
                HubSnapshot snapshot = fixture.fetch(CONFIG, WEIGHTS);

                other.get(60, TimeUnit.SECONDS);
                assertCompleteAndDownloadedOnce(fixture, snapshot);
            }
        }
    }

    @Test
    void twoProcessesDownloadEachFileOnce() throws Exception {
        try (HubFixture server = serving(folder.resolve("unused"));
                SecondProcess second = SecondProcess.start(server.fake.endpoint(), CONFIG, WEIGHTS)) {
            for (int round = 0; round < ROUNDS; round++) {
                Path cache = Files.createDirectory(folder.resolve("round" + round));
                long before = server.fake.count("CDN", WEIGHTS);
                try (Hub first = new Hub(settings(server, cache))) {
                    second.fetchInto(cache);
                    HubSnapshot snapshot = first.snapshot(HubFixture.NAME);
                    snapshot.fetch(List.of(CONFIG, WEIGHTS), Long.MAX_VALUE, DownloadProgress.NONE);

                    second.expect("done");
                    assertThat(bytes(snapshot, WEIGHTS)).isEqualTo(LARGE);
                    assertThat(bytes(snapshot, CONFIG)).isEqualTo(SMALL);
                    assertThat(server.fake.count("CDN", WEIGHTS)).isEqualTo(before + 1);
                }
            }
        }
    }

    @Test
    void resumesTheDownloadOfAKilledProcess() throws Exception {
        try (HubFixture fixture = serving(folder.resolve("cache"));
                SecondProcess second = SecondProcess.start(fixture.fake.endpoint(), WEIGHTS)) {
            CountDownLatch stalled = new CountDownLatch(1);
            Path incomplete = fixture.folder().resolve("blobs/" + fixture.fake.etag(WEIGHTS) + ".incomplete");
            fixture.fake.mood("CDN", WEIGHTS, Moods.first(1, Moods.stallAfter(1_000_000, stalled)));
            second.fetchInto(fixture.cache);
            assertThat(stalled.await(30, TimeUnit.SECONDS)).isTrue();

            second.kill();

            assertThat(incomplete).exists();
            assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(LARGE);
            assertThat(fixture.leftovers()).isEmpty();
        }
    }

    private static HubFixture serving(Path cache) {
        HubFixture fixture = new HubFixture(cache);
        fixture.fake.small(CONFIG, SMALL).large(WEIGHTS, LARGE);
        return fixture;
    }

    private static HubSettings settings(HubFixture fixture, Path cache) {
        return new HubSettings(
                cache,
                fixture.fake.endpoint(),
                fixture.token,
                false,
                true,
                fixture.timeouts,
                java.net.ProxySelector.of(null));
    }

    private static void assertCompleteAndDownloadedOnce(HubFixture fixture, HubSnapshot snapshot) throws Exception {
        assertThat(bytes(snapshot, WEIGHTS)).isEqualTo(LARGE);
        assertThat(bytes(snapshot, CONFIG)).isEqualTo(SMALL);
        assertThat(fixture.fake.count("CDN", WEIGHTS)).isEqualTo(1);
        assertThat(fixture.leftovers()).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
