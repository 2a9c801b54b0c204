package dev.embedding.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubSettingsTest {

    private Path home;

    @BeforeEach
    void live(@TempDir Path directory) {
        home = directory;
    }

    @Test
    void usesHuggingFaceAndALocalCacheByDefault() {
        HubSettings settings = read(Map.of());

        assertThat(settings.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
        assertThat(settings.cacheDirectory()).isEqualTo(Path.of("model_cache"));
        assertThat(settings.token()).isEmpty();
        assertThat(settings.offline()).isFalse();
        assertThat(settings.symlinks()).isTrue();
        assertThat(settings.timeouts().response()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void acceptsTheCacheFromTheSettingThenFromTheEnvironment() {
        Map<String, String> environment = Map.of("HF_HOME", "~/hf", "HF_HUB_CACHE", "${HOME}/cache/$UNKNOWN");

        assertThat(HubSettings.from(lookup(environment), Optional.of(Path.of("/models")))
                        .cacheDirectory())
                .isEqualTo(Path.of("/models"));
        assertThat(read(environment).cacheDirectory()).isEqualTo(home.resolve("cache/$UNKNOWN"));
        assertThat(read(Map.of("HF_HOME", "~/hf")).cacheDirectory()).isEqualTo(home.resolve("hf/hub"));
    }

    @Test
    void acceptsTheTokenFromTheEnvironmentThenFromAFile() throws Exception {
        Path other = Files.writeString(home.resolve("other"), "hf_path");
        Path hub = Files.createDirectories(home.resolve("hf"));
        Files.writeString(hub.resolve("token"), " hf_home\r\n");
        Files.createDirectories(home.resolve(".cache/huggingface"));
        Files.writeString(home.resolve(".cache/huggingface/token"), "hf_default\n");

        assertThat(read(Map.of("HF_TOKEN", " hf_env\n", "HF_TOKEN_PATH", other.toString()))
                        .token())
                .contains("hf_env");
        assertThat(read(Map.of("HF_TOKEN_PATH", other.toString(), "HF_HOME", "~/hf"))
                        .token())
                .contains("hf_path");
        assertThat(read(Map.of("HF_HOME", "~/hf")).token()).contains("hf_home");
        assertThat(read(Map.of()).token()).contains("hf_default");
        assertThat(read(Map.of("HF_TOKEN", "hf_env", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"))
                        .token())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, true", "on, true", "Yes, true", "TRUE, true", "0, false", "off, false", "' ', false"})
    void isOfflineWhenPythonIs(String value, boolean expected) {
        assertThat(read(Map.of("HF_HUB_OFFLINE", value)).offline()).isEqualTo(expected);
        assertThat(read(Map.of("TRANSFORMERS_OFFLINE", value)).offline()).isEqualTo(expected);
    }

    @Test
    void takesMirrorsAndTimeouts() {
        HubSettings settings = read(Map.of(
                "HF_ENDPOINT", "http://mirror.test/hub//", "HF_HUB_ETAG_TIMEOUT", "3", "HF_HUB_DOWNLOAD_TIMEOUT", "4"));

        assertThat(settings.endpoint()).isEqualTo(URI.create("http://mirror.test/hub"));
        assertThat(settings.timeouts().response()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.timeouts().stall()).isEqualTo(Duration.ofSeconds(4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"huggingface.co", "ftp://hub.test", "https://", "https://user:secret@hub.test", "a b"})
    void rejectsAnInvalidEndpoint(String endpoint) {
        assertThatThrownBy(() -> read(Map.of("HF_ENDPOINT", endpoint)))
                .isInstanceOf(HubException.class)
                .hasMessageStartingWith("HF_ENDPOINT ")
                .hasMessageNotContaining("secret");
    }

    @Test
    void keepsTokensOutOfMessages() {
        assertThatThrownBy(() -> read(Map.of("HF_TOKEN", "hf_secret with spaces")))
                .isInstanceOf(HubException.class)
                .hasMessageNotContaining("secret");
        assertThat(read(Map.of("HF_TOKEN", "hf_secret")).toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "https://hub.test/a, proxy:3128",
        "http://hub.test/a, plain:80",
        "https://sub.internal.test/a, ''",
        "https://internal.test/a, ''",
        "https://notinternal.test/a, proxy:3128",
        "http://127.0.0.1:8000/a, ''",
        "https://other.test:8443/a, ''",
        "https://other.test/a, proxy:3128"
    })
    void takesProxiesFromTheEnvironment(URI uri, String expected) {
        HubSettings settings = read(Map.of(
                "https_proxy", "http://proxy:3128",
                "HTTP_PROXY", "plain",
                "NO_PROXY", "internal.test, 127.0.0.1,other.test:8443"));

        List<Proxy> proxies = settings.proxies().select(uri);

        assertThat(proxies).singleElement().satisfies(proxy -> assertThat(
                        proxy.address() == null
                                ? ""
                                : proxy.address().toString().replace("/<unresolved>", ""))
                .isEqualTo(expected));
    }

    @Test
    void downloadsThroughAProxy(@TempDir Path cache) {
        try (FakeHub fake = new FakeHub("org/name").small("config.json", "{}");
                Hub hub = new Hub(HubSettings.from(
                        lookup(Map.of(
                                "HF_ENDPOINT",
                                "http://hub.invalid",
                                "HTTP_PROXY",
                                fake.endpoint().toString())),
                        Optional.of(cache)))) {
            HubSnapshot snapshot = hub.snapshot(HubFixture.NAME);

            snapshot.fetch(List.of("config.json"), Long.MAX_VALUE, DownloadProgress.NONE);

            assertThat(snapshot.directory().resolve("config.json")).hasContent("{}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socks5://user:secret@proxy:1080",
                "http://user:secret^@proxy:3128",
                "http://user:secret@proxy:99999",
                "user:secret %@proxy"
            })
    void reportsAnInvalidProxy(String proxy, @TempDir Path cache) {
        Map<String, String> environment = Map.of("ALL_PROXY", proxy);
        try (Hub hub = new Hub(HubSettings.from(lookup(environment), Optional.of(cache)))) {
            assertThatThrownBy(() -> hub.snapshot(HubFixture.NAME))
                    .isInstanceOf(HubException.class)
                    .hasMessage("A proxy in the environment must be an address like http://host:3128");
        }
    }

    private HubSettings read(Map<String, String> environment) {
        return HubSettings.from(lookup(environment), Optional.empty());
    }

    private java.util.function.Function<String, Optional<String>> lookup(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("HOME", home.toString());
        return name -> Optional.ofNullable(all.get(name));
    }
}
