package dev.embedding.model.hub;

import static dev.embedding.model.hub.HubFixture.CONFIG;
import static dev.embedding.model.hub.HubFixture.NAME;
import static dev.embedding.model.hub.HubFixture.WEIGHTS;
import static dev.embedding.model.hub.HubFixture.bytes;
import static dev.embedding.model.hub.HubFixture.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.model.hub.HubException.Kind;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks which requests are sent, what is cached, and what is found in the cache. */
class HubTest {

    private static final byte[] LARGE = random(300_000);
    private static final String COMMIT = "1".repeat(40);

    private HubFixture fixture;

    @BeforeEach
    void serve(@TempDir Path cache) {
        fixture = new HubFixture(cache);
        fixture.fake.small(CONFIG, "{}").large(WEIGHTS, LARGE).small("README.md", "Read me");
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void storesFilesInPythonsLayout() throws Exception {
        HubSnapshot snapshot = fixture.fetch(CONFIG, WEIGHTS);

        assertThat(snapshot.commit()).isEqualTo(COMMIT);
        assertThat(snapshot.directory()).isEqualTo(fixture.folder().resolve("snapshots/" + COMMIT));
        assertThat(bytes(snapshot, WEIGHTS)).isEqualTo(LARGE);
        assertThat(Files.readSymbolicLink(snapshot.directory().resolve(WEIGHTS)))
                .isEqualTo(Path.of("../../../blobs/" + fixture.fake.etag(WEIGHTS)));
        assertThat(fixture.folder().resolve("refs/main")).hasContent(COMMIT);
        assertThat(fixture.leftovers()).isEmpty();
        assertThat(fixture.cache.resolve(".locks/models--org--name/" + fixture.fake.etag(WEIGHTS) + ".lock"))
                .exists();
    }

    @Test
    void listsAllFilesAndDownloadsTheRequestedOnes() throws Exception {
        HubSnapshot snapshot = fixture.fetch(CONFIG);

        assertThat(snapshot.files()).containsExactlyInAnyOrder(CONFIG, WEIGHTS, "README.md");
        assertThat(snapshot.directory().resolve(WEIGHTS)).doesNotExist();
        assertThat(fixture.fake.count("GET", "README.md")).isZero();
        assertThat(fixture.fake.count("CDN", WEIGHTS)).isZero();
    }

    @Test
    void downloadsNothingBeyondTheSizeLimit() throws Exception {
        HubSnapshot snapshot = fixture.hub().snapshot(NAME);
        List<String> both = List.of(CONFIG, WEIGHTS);

        assertThatThrownBy(() -> snapshot.fetch(both, LARGE.length + 1, DownloadProgress.NONE))
                .isInstanceOfSatisfying(HubException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(Kind.TOO_LARGE))
                .hasMessageContaining("300,002 bytes")
                .hasMessageContaining("EMBEDDING_MAX_MODEL_SIZE");
        assertThat(snapshot.directory()).doesNotExist();
        snapshot.fetch(both, LARGE.length + 2, DownloadProgress.NONE);

        assertThat(bytes(snapshot, WEIGHTS)).isEqualTo(LARGE);
    }

    @Test
    void resolvesARevisionAgainButDownloadsNothingTwice() throws Exception {
        fixture.fetch(CONFIG, WEIGHTS);
        HubSnapshot second = fixture.fetch(CONFIG, WEIGHTS);

        assertThat(second.commit()).isEqualTo(COMMIT);
        assertThat(fixture.fake.count("LIST", "")).isEqualTo(2);
        assertThat(fixture.fake.count("GET", CONFIG)).isEqualTo(1);
        assertThat(fixture.fake.count("CDN", WEIGHTS)).isEqualTo(1);
    }

    @Test
    void followsABranchAndDownloadsOnlyChangedFiles() throws Exception {
        fixture.fetch(CONFIG, WEIGHTS);
        String newer = "2".repeat(40);
        fixture.fake.revision("main", newer).small(CONFIG, "{\"newer\":1}");

        HubSnapshot second = fixture.fetch(CONFIG, WEIGHTS);

        assertThat(second.commit()).isEqualTo(newer);
        assertThat(bytes(second, CONFIG)).asString().contains("newer");
        assertThat(bytes(second, WEIGHTS)).isEqualTo(LARGE);
        assertThat(fixture.fake.count("CDN", WEIGHTS)).isEqualTo(1);
        assertThat(fixture.folder().resolve("refs/main")).hasContent(newer);
    }

    @Test
    void needsNoConnectionForADownloadedCommit() throws Exception {
        fixture.fetch(CONFIG);
        int requests = fixture.fake.requests().size();

        HubSnapshot snapshot = fixture.hub().snapshot(HubName.parse("org/name@" + COMMIT));
        snapshot.fetch(List.of(CONFIG), Long.MAX_VALUE, DownloadProgress.NONE);

        assertThat(snapshot.files()).contains(WEIGHTS);
        assertThat(fixture.fake.requests()).hasSize(requests);
    }

    @Test
    void storesReferencesWithSlashes() {
        fixture.fake.revision("refs/pr/1", "3".repeat(40));
        HubSnapshot snapshot = fixture.hub().snapshot(HubName.parse("org/name@refs/pr/1"));

        snapshot.fetch(List.of(CONFIG), Long.MAX_VALUE, DownloadProgress.NONE);

        assertThat(fixture.folder().resolve("refs/refs/pr/1")).doesNotExist();
        snapshot.makeCurrent();
        assertThat(fixture.folder().resolve("refs/refs/pr/1")).hasContent("3".repeat(40));
    }

    @Test
    void makesNoConnectionWhenOffline() throws Exception {
        fixture.fetch(CONFIG);
        int requests = fixture.fake.requests().size();
        fixture.offline = true;

        HubSnapshot snapshot = fixture.fetch(CONFIG);
        HubException failure = fixture.failureOf(WEIGHTS);

        assertThat(snapshot.files()).contains(CONFIG, WEIGHTS);
        assertThat(failure.kind()).isEqualTo(Kind.OFFLINE);
        assertThat(failure).hasMessageContaining(WEIGHTS).hasMessageContaining("HF_HUB_OFFLINE");
        assertThatThrownBy(() -> fixture.hub().snapshot(HubName.parse("org/other")))
                .hasMessageContaining("org/other is not in the cache directory");
        assertThat(fixture.fake.requests()).hasSize(requests);
    }

    @Test
    void rejectsAFileOfAnotherSizeThanListedWhenOffline() throws Exception {
        HubSnapshot snapshot = fixture.fetch(CONFIG, WEIGHTS);
        Files.write(snapshot.directory().resolve(WEIGHTS).toRealPath(), new byte[10]);
        fixture.offline = true;

        assertThat(fixture.failureOf(WEIGHTS).kind()).isEqualTo(Kind.OFFLINE);
    }

    @Test
    void replacesAFileOfAnotherSizeThanTheHubReports() throws Exception {
        HubSnapshot snapshot = fixture.fetch(WEIGHTS);
        Files.write(snapshot.directory().resolve(WEIGHTS).toRealPath(), new byte[10]);

        assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(LARGE);
    }

    @Test
    void copiesWhereLinksAreNotPossible() throws Exception {
        fixture.symlinks = false;

        HubSnapshot snapshot = fixture.fetch(WEIGHTS);

        assertThat(Files.isRegularFile(snapshot.directory().resolve(WEIGHTS), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(bytes(snapshot, WEIGHTS)).isEqualTo(LARGE);
        assertThat(fixture.leftovers()).isEmpty();
    }

    @Test
    void repairsALinkToAMissingBlob() throws Exception {
        HubSnapshot snapshot = fixture.fetch(WEIGHTS);
        Files.delete(snapshot.directory().resolve(WEIGHTS).toRealPath());

        assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(LARGE);
    }

    @Test
    void downloadsAnEmptyFile() throws Exception {
        fixture.fake.small("empty", "");

        assertThat(bytes(fixture.fetch("empty"), "empty")).isEmpty();
    }

    @Test
    void downloadsFilesWithUnusualNames() throws Exception {
        String odd = "a b/ä+%25#?.json";
        fixture.fake.small(odd, "odd");

        assertThat(bytes(fixture.fetch(odd), odd)).asString().isEqualTo("odd");
    }

    @Test
    void reportsProgress() throws Exception {
        List<Long> done = new ArrayList<>();
        List<Long> all = new ArrayList<>();

        fixture.hub().snapshot(NAME).fetch(List.of(CONFIG, WEIGHTS), Long.MAX_VALUE, (bytesDone, bytesInAll) -> {
            done.add(bytesDone);
            all.add(bytesInAll);
        });

        assertThat(all).containsOnly(LARGE.length + 2L);
        assertThat(done).isSorted().last().isEqualTo(LARGE.length + 2L);
    }

    @Test
    void rejectsAnUnlistedFileWithoutARequest() {
        HubException failure = fixture.failureOf("onnx/other.onnx");

        assertThat(failure.kind()).isEqualTo(Kind.FILE_NOT_FOUND);
        assertThat(failure).hasMessage("There is no file onnx/other.onnx of org/name");
        assertThat(fixture.fake.count("HEAD", "")).isZero();
    }

    @Test
    void readsAReadOnlyCache() throws Exception {
        fixture.fetch(CONFIG);
        fixture.fake.small(CONFIG, "{}").revision("main", COMMIT);
        Path refs = fixture.folder().resolve("refs");
        Files.delete(refs.resolve("main"));
        Files.delete(refs);
        Files.writeString(refs, "a file where a folder must be");

        HubSnapshot snapshot = fixture.fetch(CONFIG);

        assertThat(bytes(snapshot, CONFIG)).asString().isEqualTo("{}");
    }

    @Test
    void reportsThatTheCacheCannotBeWritten() throws Exception {
        Files.writeString(fixture.cache.resolve(".locks"), "a file where a folder must be");

        HubException failure = fixture.failureOf(CONFIG);

        assertThat(failure.kind()).isEqualTo(Kind.CACHE_NOT_WRITABLE);
        assertThat(failure)
                .hasMessageContaining("config.json of org/name cannot be stored in the cache directory")
                .hasMessageNotContaining(fixture.cache.toString());
    }
}
