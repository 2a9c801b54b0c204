package dev.embedding.model.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The environment variables of Python's huggingface_hub.
 *
 * @see <a href="https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/constants.py">where they are
 *     read</a>
 */
final class HubEnvironment {

    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final int DEFAULT_SECONDS = 10;
    private static final Duration LOCK_TIMEOUT = Duration.ofMinutes(30);
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([^}]*)})");

    private final Function<String, Optional<String>> environment;

    HubEnvironment(Function<String, Optional<String>> environment) {
        this.environment = environment;
    }

    HubSettings settings(Optional<Path> modelCacheDirectory) {
        return new HubSettings(
                modelCacheDirectory.orElseGet(this::cacheDirectory),
                endpoint(),
                token(),
                value("HF_HUB_OFFLINE").isPresent() ? isTrue("HF_HUB_OFFLINE") : isTrue("TRANSFORMERS_OFFLINE"),
                !isTrue("HF_HUB_DISABLE_SYMLINKS"),
                new HubSettings.Timeouts(
                        seconds("HF_HUB_ETAG_TIMEOUT"), seconds("HF_HUB_DOWNLOAD_TIMEOUT"), LOCK_TIMEOUT),
                EnvironmentProxies.from(environment));
    }

    private Path cacheDirectory() {
        return path("HF_HUB_CACHE")
                .or(() -> path("HF_HOME").map(home -> home.resolve("hub")))
                .orElse(Path.of("model_cache"));
    }

    private URI endpoint() {
        String text = value("HF_ENDPOINT").orElse(DEFAULT_ENDPOINT).replaceAll("/+$", "");
        try {
            return new URI(text);
        } catch (URISyntaxException notAnAddress) {
            throw new HubException(HubException.Kind.INVALID, "HF_ENDPOINT is not an address");
        }
    }

    private Optional<String> token() {
        if (isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            return Optional.empty();
        }
        return value("HF_TOKEN")
                .or(() -> value("HUGGING_FACE_HUB_TOKEN"))
                .or(this::tokenFile)
                .map(text -> text.replace("\r", "").replace("\n", "").strip())
                .filter(text -> !text.isEmpty());
    }

    private Optional<String> tokenFile() {
        Path file = path("HF_TOKEN_PATH").orElseGet(() -> pythonHome().resolve("token"));
        try {
            return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException unreadable) {
            System.getLogger(HubEnvironment.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "The token file (HF_TOKEN_PATH, or token in HF_HOME) cannot be read and is ignored");
            return Optional.empty();
        }
    }

    /** Python's default of HF_HOME, used for the token file only. */
    private Path pythonHome() {
        return path("HF_HOME").orElseGet(() -> path("XDG_CACHE_HOME")
                .orElseGet(() -> Path.of(home(), ".cache"))
                .resolve("huggingface"));
    }

    private Duration seconds(String name) {
        try {
            int seconds = value(name).map(Integer::parseInt).orElse(DEFAULT_SECONDS);
            if (seconds > 0) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException notANumber) {
            // Reported below.
        }
        throw new HubException(HubException.Kind.INVALID, name + " must be a whole number of seconds above 0");
    }

    private boolean isTrue(String name) {
        return value(name)
                .map(text -> text.toUpperCase(Locale.ROOT))
                .filter(TRUE::contains)
                .isPresent();
    }

    private Optional<Path> path(String name) {
        return value(name).map(this::expand).map(Path::of);
    }

    private Optional<String> value(String name) {
        return environment.apply(name).filter(text -> !text.isBlank());
    }

    /** Python's {@code expandvars(expanduser(text))}: unknown variables stay unchanged. */
    private String expand(String text) {
        String path = text.equals("~") || text.startsWith("~/") ? home() + text.substring(1) : text;
        return VARIABLE.matcher(path).replaceAll(found -> {
            String name = found.group(1) != null ? found.group(1) : found.group(2);
            return Matcher.quoteReplacement(environment.apply(name).orElse(found.group()));
        });
    }

    private String home() {
        return value("HOME").orElseGet(() -> System.getProperty("user.home", ""));
    }
}
