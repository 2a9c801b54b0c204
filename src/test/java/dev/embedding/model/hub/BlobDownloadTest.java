package dev.embedding.model.hub;

import static dev.embedding.model.hub.HubFixture.CONFIG;
import static dev.embedding.model.hub.HubFixture.NAME;
import static dev.embedding.model.hub.HubFixture.WEIGHTS;
import static dev.embedding.model.hub.HubFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.model.hub.HubException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks downloads whose bodies are interrupted, stall, have another size or do not end, and full disks. */
class BlobDownloadTest {

    private static final byte[] CONTENT = HubFixture.random(1_000_000);

    private HubFixture fixture;

    @BeforeEach
    void serve(@TempDir Path cache) {
        fixture = new HubFixture(cache);
        fixture.fake.large(WEIGHTS, CONTENT).small(CONFIG, "{}");
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void resumesAfterTheConnectionIsClosedAtEveryTenth() throws Exception {
        fixture.fake.mood("CDN", WEIGHTS, Moods.cutAfter(CONTENT.length / 10));

        HubSnapshot snapshot = fixture.fetch(WEIGHTS);

        assertThat(bytes(snapshot, WEIGHTS)).isEqualTo(CONTENT);
        assertThat(fixture.fake.requests())
                .filteredOn(request ->
                        request.method().equals("CDN") && request.range().isPresent())
                .hasSizeGreaterThanOrEqualTo(9);
    }

    @Test
    void failsWhenEachAttemptBringsAlmostNothing() {
        fixture.fake.mood("CDN", WEIGHTS, Moods.cutAfter(10));

        HubException failure = fixture.failureOf(WEIGHTS);

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(fixture.fake.count("CDN", WEIGHTS)).isEqualTo(5);
    }

    @Test
    void resumesInALaterFetch() throws Exception {
        int half = CONTENT.length / 2;
        fixture.fake.mood(
                "CDN", WEIGHTS, (exchange, content, time) -> (time == 0 ? Moods.cutAfter(half) : Moods.status(503))
                        .respond(exchange, content, time));
        fixture.failureOf(WEIGHTS);
        fixture.fake.goodMood();

        HubSnapshot snapshot = fixture.fetch(WEIGHTS);

        assertThat(bytes(snapshot, WEIGHTS)).isEqualTo(CONTENT);
        assertThat(fixture.fake
                        .requests()
                        .get(fixture.fake.requests().size() - 1)
                        .range())
                .hasValueSatisfying(range -> assertThat(range).matches("bytes=[1-9]\\d+-"));
        assertThat(fixture.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void startsAgainWhenRangesAreIgnoredOrRejected(boolean ignored) throws Exception {
        FakeHub.Mood ranges = ignored ? Moods.ignoreRanges() : Moods.refuseRanges();
        fixture.fake.mood(
                "CDN", WEIGHTS, (exchange, content, time) -> (time == 0 ? Moods.cutAfter(CONTENT.length / 2) : ranges)
                        .respond(exchange, content, time));

        assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(CONTENT);
    }

    @Test
    void startsAgainWhenTheResponseHasAnotherRange() throws Exception {
        List<FakeHub.Mood> responses = List.of(Moods.cutAfter(CONTENT.length / 2), Moods.rangeFrom(7));
        fixture.fake.mood(
                "CDN",
                WEIGHTS,
                (exchange, content, time) -> time < 2 && responses.get(time).respond(exchange, content, time));

        assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(CONTENT);
        assertThat(fixture.fake.count("CDN", WEIGHTS)).isEqualTo(3);
    }

    @Test
    @Timeout(60)
    void failsWhenRangesAreIgnoredAndEachResponseIsInterrupted() {
        fixture.fake.mood("CDN", WEIGHTS, Moods.ignoreRangesAndCutAfter(CONTENT.length / 2));

        assertThat(fixture.failureOf(WEIGHTS).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void downloadsAgainWhenThePartialFileIsCorrupt() throws Exception {
        Path incomplete = fixture.folder().resolve("blobs/" + fixture.fake.etag(WEIGHTS) + ".incomplete");
        Files.createDirectories(incomplete.getParent());
        Files.write(incomplete, Arrays.copyOf(Moods.changed(CONTENT), CONTENT.length / 2 + 10));

        assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(CONTENT);
    }

    @Test
    void downloadsAgainWhenThePartialFileIsTooLong() throws Exception {
        Path incomplete = fixture.folder().resolve("blobs/" + fixture.fake.etag(WEIGHTS) + ".incomplete");
        Files.createDirectories(incomplete.getParent());
        Files.write(incomplete, new byte[CONTENT.length + 1]);

        assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {WEIGHTS, CONFIG})
    void rejectsAFileWithAnotherHash(String file) throws Exception {
        fixture.fake.mood("CDN", WEIGHTS, Moods.content(Moods.changed(CONTENT)));
        fixture.fake.mood("GET", CONFIG, Moods.content(new byte[] {'[', ']'}));

        HubException failure = fixture.failureOf(file);

        assertThat(failure.kind()).isEqualTo(Kind.CORRUPT);
        assertThat(failure).hasMessageContaining(file).hasMessageContaining("another hash");
        assertThat(fixture.hub().snapshot(NAME).directory().resolve(file)).doesNotExist();
        assertThat(fixture.leftovers()).isEmpty();
        assertThat(fixture.fake.count(file.equals(CONFIG) ? "GET" : "CDN", file))
                .isEqualTo(2);
    }

    @Test
    void rejectsAFileOfAnotherSize() {
        fixture.fake.mood("CDN", WEIGHTS, Moods.content(Moods.shortened(CONTENT)));

        HubException failure = fixture.failureOf(WEIGHTS);

        assertThat(failure.kind()).isEqualTo(Kind.CORRUPT);
        assertThat(failure).hasMessageContaining("does not have the 1000000 bytes that the hub reports");
    }

    @Test
    void failsWhenAFileIsShorterThanReported() {
        fixture.fake.mood("CDN", WEIGHTS, (exchange, content, time) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(Moods.shortened(content));
            exchange.close();
            return true;
        });

        HubException failure = fixture.failureOf(WEIGHTS);

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure).hasMessageContaining("ends after 999999 of 1000000 bytes");
    }

    @Test
    void stopsAnEndlessBodyAtTheReportedSize() throws Exception {
        fixture.fake.mood("CDN", WEIGHTS, Moods.endless());

        HubSnapshot snapshot = fixture.fetch(WEIGHTS);

        assertThat(bytes(snapshot, WEIGHTS)).isEqualTo(CONTENT);
    }

    @Test
    void rejectsAnEndlessBodyWithoutAHash() {
        fixture.fake.mood(
                "HEAD",
                WEIGHTS,
                Moods.withHeader(
                        "ETag",
                        "\"of-a-mirror\"",
                        Moods.withHeader("X-Linked-Size", "1000000", Moods.content(CONTENT))));
        fixture.fake.mood("CDN", WEIGHTS, Moods.endless());

        assertThat(fixture.failureOf(WEIGHTS).kind()).isEqualTo(Kind.CORRUPT);
    }

    @Test
    void downloadsFromAMirrorWithOtherFileNames() throws Exception {
        fixture.fake.mood("HEAD", WEIGHTS, Moods.withHeader("ETag", "W/\"of-a-mirror\"", Moods.content(CONTENT)));

        assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(CONTENT);
        assertThat(fixture.folder().resolve("blobs/of-a-mirror")).exists();
    }

    @Test
    void timesOutWhenABodyStalls() throws Exception {
        fixture.shortTimeouts();
        fixture.fake.mood("CDN", WEIGHTS, Moods.first(1, Moods.stallAfter(500_000, new CountDownLatch(1))));

        assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(CONTENT);
        assertThat(fixture.pauses).hasSize(1);
    }

    @Test
    void removesWhatItWroteWhenTheDiskIsFull() throws Exception {
        fixture.writer = (channel, bytes, position) -> {
            if (position > 400_000) {
                throw new IOException("No space left on device");
            }
            return channel.write(bytes, position);
        };

        HubException failure = fixture.failureOf(WEIGHTS);

        assertThat(failure.kind()).isEqualTo(Kind.CACHE_NOT_WRITABLE);
        assertThat(failure.isTransient()).isTrue();
        assertThat(failure)
                .hasMessage("onnx/model.onnx of org/name cannot be stored in the cache directory (model_cache_dir):"
                        + " No space left on device");
        assertThat(fixture.leftovers()).isEmpty();
    }

    @Test
    void reportsMissingDiskSpaceBeforeTheDownload() {
        fixture.fake.mood(
                "HEAD",
                WEIGHTS,
                Moods.withHeader(
                        "X-Linked-Size",
                        "900000000000000000",
                        Moods.withHeader("X-Linked-Etag", fixture.fake.etag(WEIGHTS), Moods.content(CONTENT))));

        HubException failure = fixture.failureOf(WEIGHTS);

        assertThat(failure.kind()).isEqualTo(Kind.CACHE_NOT_WRITABLE);
        assertThat(failure).hasMessageContaining("needs 900000000000.0 MB");
        assertThat(fixture.fake.count("CDN", WEIGHTS)).isZero();
    }

    @Test
    void stopsWhenClosedAndResumesLater() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        fixture.fake.mood("CDN", WEIGHTS, Moods.stallAfter(500_000, stalled));
        Hub hub = fixture.hub();
        HubSnapshot snapshot = hub.snapshot(NAME);
        CompletableFuture<HubException> failure = CompletableFuture.supplyAsync(() -> failureOf(snapshot));
        assertThat(stalled.await(20, TimeUnit.SECONDS)).isTrue();

        hub.close();

        assertThat(failure.get(20, TimeUnit.SECONDS).kind()).isEqualTo(Kind.CANCELLED);
        fixture.fake.goodMood();
        assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(CONTENT);
    }

    @Test
    void stopsWhenItsThreadIsInterrupted() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        fixture.fake.mood("CDN", WEIGHTS, Moods.stallAfter(500_000, stalled));
        HubSnapshot snapshot = fixture.hub().snapshot(NAME);
        CompletableFuture<Kind> kind = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            HubException failure = failureOf(snapshot);
            kind.complete(Thread.currentThread().isInterrupted() ? failure.kind() : Kind.INVALID);
        });
        caller.start();
        assertThat(stalled.await(20, TimeUnit.SECONDS)).isTrue();

        caller.interrupt();

        assertThat(kind.get(20, TimeUnit.SECONDS)).isEqualTo(Kind.CANCELLED);
    }

    @Test
    void stopsTheOtherFilesWhenOneFails() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        fixture.fake.mood("CDN", WEIGHTS, Moods.stallAfter(500_000, stalled));
        fixture.fake.mood("GET", CONFIG, (exchange, content, time) -> {
            try {
                stalled.await();
            } catch (InterruptedException closed) {
                throw new IOException(closed);
            }
            return Moods.status(404, "EntryNotFound").respond(exchange, content, time);
        });

        HubException failure = fixture.failureOf(WEIGHTS, CONFIG);

        assertThat(failure.kind()).isEqualTo(Kind.FILE_NOT_FOUND);
    }

    @Test
    void timesOutWaitingForAnotherProcess() throws Exception {
        fixture.timeouts = new HubSettings.Timeouts(
                fixture.timeouts.response(), fixture.timeouts.stall(), java.time.Duration.ofMillis(200));
        Path file = fixture.cache.resolve(".locks/models--org--name/" + fixture.fake.etag(WEIGHTS) + ".lock");
        Optional<HubException> failure;

        try (CacheLock held = CacheLock.acquire(file, java.time.Duration.ofSeconds(1), new Subject(NAME, WEIGHTS))) {
            assertThat(held).isNotNull();
            failure = Optional.of(fixture.failureOf(WEIGHTS));
        }

        assertThat(failure).hasValueSatisfying(it -> assertThat(it.kind()).isEqualTo(Kind.LOCKED));
        assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(CONTENT);
    }

    private static HubException failureOf(HubSnapshot snapshot) {
        try {
            snapshot.fetch(List.of(WEIGHTS), Long.MAX_VALUE, DownloadProgress.NONE);
        } catch (HubException failure) {
            return failure;
        }
        throw new AssertionError("Nothing failed");
    }
}
