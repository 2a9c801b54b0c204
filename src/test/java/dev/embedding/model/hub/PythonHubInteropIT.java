package dev.embedding.model.hub;

import static dev.embedding.model.hub.HubFixture.CONFIG;
import static dev.embedding.model.hub.HubFixture.NAME;
import static dev.embedding.model.hub.HubFixture.WEIGHTS;
import static dev.embedding.model.hub.HubFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.it.clients.PythonPackage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shares one cache with Python's huggingface_hub; needs python3 and its package index. */
@Tag("clients")
class PythonHubInteropIT {

    private static final byte[] LARGE = HubFixture.random(3_000_000);
    private static final String HASH =
            "import hashlib, sys; digest = lambda path:" + " hashlib.sha256(open(path, 'rb').read()).hexdigest()\n";

    private static PythonPackage python;

    private HubFixture fixture;

    @BeforeAll
    static void install() throws Exception {
        python = PythonPackage.installed("huggingface-hub", "huggingface_hub==2.4.0");
    }

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
    void readsFilesThatPythonDownloaded() throws Exception {
        python("from huggingface_hub import snapshot_download\n"
                + "snapshot_download('org/name', allow_patterns=['*.json', 'onnx/*'])");
        int requests = fixture.fake.requests().size();
        fixture.offline = true;

        HubSnapshot snapshot = fixture.fetch(CONFIG, WEIGHTS);

        assertThat(snapshot.files()).contains(CONFIG, WEIGHTS);
        assertThat(bytes(snapshot, WEIGHTS)).isEqualTo(LARGE);
        assertThat(fixture.fake.requests()).hasSize(requests);
    }

    @Test
    void downloadsNothingAgainThatPythonDownloaded() throws Exception {
        python("from huggingface_hub import snapshot_download\nsnapshot_download('org/name')");
        int requests = fixture.fake.requests().size();

        HubSnapshot snapshot = fixture.hub().snapshot(HubName.parse("org/name@" + fixture.fake.commit()));
        snapshot.fetch(List.of(CONFIG, WEIGHTS), Long.MAX_VALUE, DownloadProgress.NONE);

        assertThat(snapshot.files()).contains("README.md");
        assertThat(fixture.fake.requests()).hasSize(requests);
    }

    @Test
    void writesFilesThatPythonReadsWithoutTheHub() throws Exception {
        HubSnapshot snapshot = fixture.fetch(CONFIG, WEIGHTS);
        int requests = fixture.fake.requests().size();

        String said = python(HASH
                + "from huggingface_hub import get_cached_repo_tree, hf_hub_download, snapshot_download\n"
                + "folder = snapshot_download('org/name', allow_patterns=['config.json', 'onnx/*'],"
                + " local_files_only=True)\n"
                + "file = hf_hub_download('org/name', 'onnx/model.onnx', local_files_only=True)\n"
                + "print(folder, digest(file), sorted(f.path for f in get_cached_repo_tree('org/name')))");

        assertThat(said)
                .isEqualTo(snapshot.directory() + " " + fixture.fake.etag(WEIGHTS)
                        + " ['README.md', 'config.json', 'onnx/model.onnx']");
        assertThat(fixture.fake.requests()).hasSize(requests);
    }

    @Test
    void leavesNothingForPythonToDownloadAgain() throws Exception {
        fixture.fetch(CONFIG, WEIGHTS, "README.md");
        long downloads = fixture.fake.count("CDN", "") + fixture.fake.count("GET", "");

        python("from huggingface_hub import snapshot_download\nsnapshot_download('org/name')");

        assertThat(fixture.fake.count("CDN", "") + fixture.fake.count("GET", ""))
                .isEqualTo(downloads);
    }

    @Test
    void waitsForPythonsLock() throws Exception {
        fixture.timeouts =
                new HubSettings.Timeouts(fixture.timeouts.response(), fixture.timeouts.stall(), Duration.ofMillis(300));
        Path lock = fixture.cache.resolve(".locks/models--org--name/" + fixture.fake.etag(WEIGHTS) + ".lock");
        Files.createDirectories(lock.getParent());
        Process holder = new ProcessBuilder(
                        python.program("python"),
                        "-c",
                        "import sys\nfrom huggingface_hub.utils import WeakFileLock\n"
                                + "with WeakFileLock(sys.argv[1]):\n  print('held', flush=True)\n  sys.stdin.read()",
                        lock.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = holder.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).isEqualTo("held");

            HubException failure = fixture.failureOf(WEIGHTS);

            assertThat(failure.kind()).isEqualTo(HubException.Kind.LOCKED);
            holder.outputWriter().close();
            assertThat(holder.waitFor()).isZero();
            assertThat(bytes(fixture.fetch(WEIGHTS), WEIGHTS)).isEqualTo(LARGE);
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void makesPythonWaitForItsLock() throws Exception {
        Path lock = fixture.cache.resolve(".locks/models--org--name/" + fixture.fake.etag(WEIGHTS) + ".lock");
        String tryIt = "from huggingface_hub.utils import WeakFileLock\nimport filelock\n"
                + "try:\n  with WeakFileLock('" + lock + "', timeout=0.3): print('free')\n"
                + "except filelock.Timeout: print('held')";

        try (CacheLock held = CacheLock.acquire(lock, Duration.ofSeconds(1), new Subject(NAME, WEIGHTS))) {
            assertThat(held).isNotNull();
            assertThat(python(tryIt)).isEqualTo("held");
        }

        assertThat(python(tryIt)).isEqualTo("free");
    }

    /** Runs a script and returns its output. */
    private String python(String script) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(python.program("python"), "-c", script);
        builder.environment().keySet().removeIf(name -> name.startsWith("HF_"));
        builder.environment().put("HF_ENDPOINT", fixture.fake.endpoint().toString());
        builder.environment().put("HF_HOME", fixture.cache.resolve("home").toString());
        builder.environment().put("HF_HUB_CACHE", fixture.cache.toString());
        builder.environment().put("HF_HUB_DISABLE_TELEMETRY", "1");
        builder.environment().put("NO_PROXY", "127.0.0.1,localhost");
        return run(builder);
    }

    private static String run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
