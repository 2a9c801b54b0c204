package dev.embedding.model.hub;

import static dev.embedding.model.hub.HubFixture.CONFIG;
import static dev.embedding.model.hub.HubFixture.NAME;
import static dev.embedding.model.hub.HubFixture.WEIGHTS;
import static dev.embedding.model.hub.HubFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.model.hub.HubException.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks error statuses, redirects and invalid responses. */
class HubFaultsTest {

    private HubFixture fixture;

    @BeforeEach
    void serve(@TempDir Path cache) {
        fixture = new HubFixture(cache);
        fixture.fake.small(CONFIG, "{}").large(WEIGHTS, HubFixture.random(1000));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "401, '', UNAUTHORIZED, HF_TOKEN",
        "401, RepoNotFound, REPOSITORY_NOT_FOUND, 'There is no repository org/name'",
        "401, GatedRepo, GATED, accept its licence",
        "403, GatedRepo, GATED, HF_TOKEN",
        "403, '', UNAUTHORIZED, the right to read it",
        "404, RepoNotFound, REPOSITORY_NOT_FOUND, 'There is no repository org/name'",
        "404, '', REPOSITORY_NOT_FOUND, 'There is no repository org/name'",
        "404, RevisionNotFound, REVISION_NOT_FOUND, no revision 'main'",
        "418, '', INVALID_RESPONSE, HF_ENDPOINT"
    })
    void explainsAStatusAndDoesNotRetry(int status, String code, Kind kind, String words) {
        fixture.fake.mood("LIST", "", Moods.status(status, code));

        HubException failure = fixture.failureOf(CONFIG);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.isTransient()).isFalse();
        assertThat(failure).hasMessageContaining(words.replace("\"", "")).hasMessageContaining("status " + status);
        assertThat(fixture.fake.count("LIST", "")).isEqualTo(1);
    }

    @Test
    void distinguishesAMissingFileFromAMissingRepository() {
        fixture.fake.mood("HEAD", CONFIG, Moods.status(404, "EntryNotFound"));

        HubException failure = fixture.failureOf(CONFIG);

        assertThat(failure.kind()).isEqualTo(Kind.FILE_NOT_FOUND);
        assertThat(failure).hasMessageContaining("There is no file config.json of org/name");
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 503, 504})
    void retriesAfterAServerError(int status) throws Exception {
        fixture.fake.mood("LIST", "", Moods.first(2, Moods.status(status)));
        fixture.fake.mood("HEAD", CONFIG, Moods.first(2, Moods.status(status)));
        fixture.fake.mood("GET", CONFIG, Moods.first(2, Moods.status(status)));

        HubSnapshot snapshot = fixture.fetch(CONFIG);

        assertThat(bytes(snapshot, CONFIG)).asString().isEqualTo("{}");
        assertThat(fixture.pauses).hasSize(6).containsOnly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @Test
    void failsAfterFiveServerErrors() {
        fixture.fake.mood("GET", CONFIG, Moods.status(503));

        HubException failure = fixture.failureOf(CONFIG);

        assertThat(failure.kind()).isEqualTo(Kind.HUB_FAULT);
        assertThat(failure.isTransient()).isTrue();
        assertThat(fixture.fake.count("GET", CONFIG)).isEqualTo(5);
        assertThat(fixture.pauses)
                .containsExactly(
                        Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8));
    }

    @Test
    void waitsAsLongAsTheHubRequests() {
        fixture.fake.mood("LIST", "", Moods.first(1, Moods.withHeader("Retry-After", "42", Moods.status(429))));

        fixture.fetch(CONFIG);

        assertThat(fixture.pauses).containsExactly(Duration.ofSeconds(42));
    }

    @Test
    void readsTheResetTimeOfARateLimit() {
        fixture.fake.mood(
                "LIST", "", Moods.first(1, Moods.withHeader("RateLimit", "\"api\";r=0;t=55", Moods.status(429))));

        fixture.fetch(CONFIG);

        assertThat(fixture.pauses).containsExactly(Duration.ofSeconds(55));
    }

    @Test
    void doesNotWaitForHours() {
        fixture.fake.mood("LIST", "", Moods.withHeader("Retry-After", "7200", Moods.status(429)));

        HubException failure = fixture.failureOf(CONFIG);

        assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMITED);
        assertThat(failure.isTransient()).isTrue();
        assertThat(fixture.pauses).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 401, 404})
    void fallsBackToTheCacheAfterAServerError(int status) {
        fixture.fetch(CONFIG, WEIGHTS);
        fixture.fake.mood("LIST", "", Moods.status(status));

        HubSnapshot snapshot = fixture.fetch(CONFIG);

        assertThat(snapshot.files()).containsExactlyInAnyOrder(CONFIG, WEIGHTS);
        assertThat(fixture.pauses).isEmpty();
    }

    @Test
    void fallsBackToTheCacheWhenTheHubIsDown() {
        fixture.fetch(CONFIG);
        fixture.fake.close();

        HubSnapshot snapshot = fixture.fetch(CONFIG);

        assertThat(snapshot.files()).contains(CONFIG);
        assertThat(fixture.failureOf(WEIGHTS).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void doesNotFallBackToTheCacheForADeletedRevision() {
        fixture.fetch(CONFIG);
        fixture.fake.mood("LIST", "", Moods.status(404, "RevisionNotFound"));

        assertThat(fixture.failureOf(CONFIG).kind()).isEqualTo(Kind.REVISION_NOT_FOUND);
    }

    @Test
    void keepsTheLastCompleteCommitUntilTheNextIsComplete() {
        fixture.fetch(CONFIG);
        fixture.fake.revision("main", "2".repeat(40)).mood("HEAD", CONFIG, Moods.status(404));
        fixture.failureOf(CONFIG);
        fixture.fake.close();

        assertThat(fixture.fetch(CONFIG).commit()).isEqualTo("1".repeat(40));
    }

    @Test
    void reportsThatAHubCannotBeReached() {
        fixture.fake.close();

        HubException failure = fixture.failureOf(CONFIG);

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure)
                .hasMessageContaining("org/name cannot be loaded: 127.0.0.1 cannot be connected to")
                .hasMessageContaining("HF_ENDPOINT");
        assertThat(fixture.pauses).hasSize(4);
    }

    @Test
    void timesOutWithoutAResponse() {
        fixture.shortTimeouts();
        fixture.fake.mood("LIST", "", Moods.silence());

        HubException failure = fixture.failureOf(CONFIG);

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure).hasMessageContaining("does not respond");
        assertThat(fixture.fake.count("LIST", "")).isEqualTo(5);
    }

    @Test
    void sendsTheTokenToTheEndpointAndToNoOtherHost() {
        fixture.token = Optional.of("hf_secret");

        fixture.fetch(CONFIG, WEIGHTS);

        assertThat(fixture.fake.requests())
                .filteredOn(request -> request.method().equals("CDN"))
                .isNotEmpty()
                .allMatch(request -> request.authorization().isEmpty());
        assertThat(fixture.fake.requests())
                .filteredOn(request -> !request.method().equals("CDN"))
                .isNotEmpty()
                .allMatch(request -> request.authorization().equals(Optional.of("Bearer hf_secret")));
    }

    @Test
    void keepsTheTokenOutOfMessages() {
        fixture.token = Optional.of("hf_secret");
        fixture.fake.mood("LIST", "", Moods.status(401));

        assertThat(fixture.failureOf(CONFIG)).hasMessageNotContaining("hf_secret");
    }

    @Test
    void stopsARedirectLoop() {
        fixture.fake.mood(
                "GET", CONFIG, Moods.redirect(fixture.fake.endpoint().resolve("/org/name/resolve/main/" + CONFIG)));

        HubException failure = fixture.failureOf(CONFIG);

        assertThat(failure.kind()).isEqualTo(Kind.INVALID_RESPONSE);
        assertThat(failure).hasMessageContaining("more than 10 redirects");
        assertThat(fixture.fake.count("GET", CONFIG)).isEqualTo(11);
    }

    @ParameterizedTest
    @CsvSource({
        "https://hub.test/a, http://hub.test/a",
        "https://hub.test/a, ftp://hub.test/a",
        "http://hub.test/a, file:///etc/passwd",
        "http://hub.test/a, ''",
        "http://hub.test/a, 'http://hub.test/a b'"
    })
    void doesNotFollowUnsafeRedirects(URI from, String location) {
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                HubException.class, () -> HubHttp.next(from, location, new Subject(NAME, CONFIG)))
                        .kind())
                .isEqualTo(Kind.INVALID_RESPONSE);
    }

    @ParameterizedTest
    @CsvSource({
        "https://hub.test/a/b, /c, https://hub.test/c",
        "http://hub.test/a, https://cdn.test/c, https://cdn.test/c"
    })
    void followsSafeRedirects(URI from, String location, URI expected) {
        assertThat(HubHttp.next(from, location, new Subject(NAME, CONFIG))).isEqualTo(expected);
    }

    @Test
    void followsRedirectsInsideTheHubForMetadata() throws Exception {
        URI moved = fixture.fake.endpoint().resolve("/org/name/resolve/" + "1".repeat(40) + "/" + CONFIG);
        fixture.fake.mood("HEAD", CONFIG, Moods.first(1, Moods.redirect(moved)));

        assertThat(bytes(fixture.fetch(CONFIG), CONFIG)).asString().isEqualTo("{}");
    }

    @Test
    void distinguishesErrorsOfOtherHostsFromTheHubs() {
        fixture.fake.mood("CDN", WEIGHTS, Moods.status(403));

        HubException failure = fixture.failureOf(WEIGHTS);

        assertThat(failure.kind()).isEqualTo(Kind.HUB_FAULT);
        assertThat(failure).hasMessageContaining("localhost responds with status 403");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "/etc/passwd", "a/../../b", "a//b", "a\\\\..\\\\b", "C:/b", "", ".", "a/./b"})
    void rejectsUnsafeFileNames(String path) {
        fixture.fake.small(path, "outside");

        HubException failure = fixture.failureOf(CONFIG);

        assertThat(failure.kind()).isEqualTo(Kind.INVALID_RESPONSE);
        assertThat(failure).hasMessageContaining("which is not safe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>Sign in</html>", "{}", "[]", "{\"sha\":\"../..\",\"siblings\":[]}", "{\"sha\":"})
    void rejectsAnInvalidListOfFiles(String answer) {
        fixture.fake.mood("LIST", "", Moods.content(answer.getBytes(java.nio.charset.StandardCharsets.UTF_8)));

        assertThat(fixture.failureOf(CONFIG).kind()).isEqualTo(Kind.INVALID_RESPONSE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../../outside", "a/b", "", "x.incomplete"})
    void rejectsAnInvalidHash(String etag) {
        fixture.fake.mood("HEAD", CONFIG, Moods.withHeader("X-Linked-Etag", etag, Moods.content(new byte[2])));

        assertThat(fixture.failureOf(CONFIG).kind()).isEqualTo(Kind.INVALID_RESPONSE);
    }

    @Test
    void rejectsAFileOfAnotherCommit() {
        fixture.fake.mood(
                "HEAD",
                CONFIG,
                Moods.withHeader(
                        "ETag", "abc", Moods.withHeader("X-Repo-Commit", "f".repeat(40), Moods.content(new byte[2]))));

        assertThat(fixture.failureOf(CONFIG)).hasMessageContaining("another commit");
    }
}
