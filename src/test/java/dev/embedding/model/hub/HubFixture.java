package dev.embedding.model.hub;

import java.io.IOException;
import java.net.ProxySelector;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** A cache directory, and clients that use it and do not pause between retries. */
final class HubFixture implements AutoCloseable {

    static final HubName NAME = HubName.parse("org/name");
    static final String CONFIG = "config.json";
    static final String WEIGHTS = "onnx/model.onnx";

    final Path cache;
    final FakeHub fake = new FakeHub("org/name");
    /** The requested pauses before retries. */
    final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());

    boolean offline;
    boolean symlinks = true;
    Optional<String> token = Optional.empty();
    HubSettings.Timeouts timeouts =
            new HubSettings.Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMinutes(1));
    PartialBlob.Writer writer = FileChannel::write;

    private final List<Hub> hubs = new ArrayList<>();

    HubFixture(Path cache) {
        this.cache = cache;
    }

    Hub hub() {
        HubSettings settings =
                new HubSettings(cache, fake.endpoint(), token, offline, symlinks, timeouts, ProxySelector.of(null));
        Hub hub = new Hub(settings, pauses::add, writer);
        hubs.add(hub);
        return hub;
    }

    HubSnapshot fetch(String... files) {
        HubSnapshot snapshot = hub().snapshot(NAME);
        snapshot.fetch(List.of(files), Long.MAX_VALUE, DownloadProgress.NONE);
        snapshot.makeCurrent();
        return snapshot;
    }

    HubException failureOf(String... files) {
        try {
            fetch(files);
        } catch (HubException failure) {
            return failure;
        }
        throw new AssertionError("Nothing failed");
    }

    void shortTimeouts() {
        timeouts = new HubSettings.Timeouts(Duration.ofMillis(300), Duration.ofMillis(300), Duration.ofMillis(300));
    }

    Path folder() {
        return cache.resolve("models--org--name");
    }

    /** The names in {@code blobs}, without complete files. */
    List<String> leftovers() throws IOException {
        try (Stream<Path> blobs = Files.list(folder().resolve("blobs"))) {
            return blobs.map(blob -> blob.getFileName().toString())
                    .filter(name -> name.contains("."))
                    .toList();
        }
    }

    static byte[] bytes(HubSnapshot snapshot, String file) throws IOException {
        return Files.readAllBytes(snapshot.directory().resolve(file));
    }

    static byte[] random(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    @Override
    public void close() {
        hubs.forEach(Hub::close);
        fake.close();
    }
}
