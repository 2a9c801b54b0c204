package dev.embedding.settings.environment;

import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.InvalidSettingException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Environment variables that are fixed for the life of the process. Each is also a Quarkus configuration property,
 * whose {@code @ConfigMapping} is in the package that uses it; with this table, a bad value fails the start with one
 * clear line.
 */
enum ProcessVariable {
    EMBEDDING_API_KEYS(ProcessVariable.KEYS, ProcessVariable::keys),
    EMBEDDING_API_KEYS_FILE("the name of a file", ProcessVariable::file),
    EMBEDDING_ADMIN_KEYS(ProcessVariable.KEYS, ProcessVariable::keys),
    EMBEDDING_ADMIN_KEYS_FILE("the name of a file", ProcessVariable::file),
    EMBEDDING_ALLOWED_HOSTS(
            "empty, or host names and addresses, comma-separated, each with or without a port", ProcessVariable::hosts),
    EMBEDDING_ALLOWED_MODELS(
            "one or more patterns of hub ids and of directories from the root, comma-separated, as acme/*,/models/**",
            ProcessVariable::models),
    EMBEDDING_LANES("auto or a whole number from 1 to 256", ProcessVariable::lanes),
    EMBEDDING_MAX_QUEUE_WAIT("a duration as 10s or 500ms", ProcessVariable::duration),
    EMBEDDING_MAX_BATCH_WAIT("a duration as 300s or 5m", ProcessVariable::duration),
    EMBEDDING_REQUEST_TIMEOUT("a duration as 60s or 500ms", ProcessVariable::duration),
    EMBEDDING_MAX_BODY_SIZE("a size as 32M", ProcessVariable::size),
    EMBEDDING_BODY_PAUSE("a duration as 30s or 500ms", ProcessVariable::duration),
    EMBEDDING_BODY_TIMEOUT("a duration as 5m or 500ms", ProcessVariable::duration),
    EMBEDDING_MAX_INFLIGHT_BYTES("empty, or a size as 256M", ProcessVariable::optionalSize),
    EMBEDDING_MAX_CONNECTIONS("a whole number from 1 to 1000000", ProcessVariable::connections),
    EMBEDDING_HEADER_TIMEOUT("a duration as 30s or 500ms", ProcessVariable::duration),
    EMBEDDING_IDLE_TIMEOUT("a duration as 2m or 500ms", ProcessVariable::duration),
    EMBEDDING_ANSWER_PAUSE("a duration as 30s or 500ms", ProcessVariable::duration),
    EMBEDDING_CACHE_SIZE("a size as 64M, or 0", ProcessVariable::sizeOrNone),
    EMBEDDING_GPU_MEMORY_LIMIT("empty, or a size as 4G", ProcessVariable::optionalSize),
    EMBEDDING_MIN_COSINE("a number from 0 to 1", ProcessVariable::part),
    EMBEDDING_RUN_TIMEOUT("a duration as 30s or 500ms", ProcessVariable::duration),
    EMBEDDING_SHUTDOWN_DELAY("a duration as 5s, or 0s", ProcessVariable::durationOrNone),
    EMBEDDING_SHUTDOWN_TIMEOUT("a duration as 25s or 500ms", ProcessVariable::duration),
    EMBEDDING_DB_TIMEOUT("a duration as 3s or 500ms", ProcessVariable::duration),
    EMBEDDING_SETTINGS_POLL_INTERVAL("a duration of 1s or more", ProcessVariable::secondOrMore),
    EMBEDDING_RELOAD_MODE("beside or drain-first", ProcessVariable::reloadMode),
    EMBEDDING_MAX_MODEL_SIZE("empty, or a size as 2G", ProcessVariable::optionalSize);

    /** An empty list is rejected, as it could open the service to everybody by mistake. */
    private static final String KEYS =
            "one or more keys, comma-separated, of visible ASCII characters other than $ and \\, none with # in front";

    private static final Pattern HOST = Pattern.compile("(?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?");

    private final String rule;
    private final Consumer<String> check;

    ProcessVariable(String rule, Consumer<String> check) {
        this.rule = rule;
        this.check = check;
    }

    /** @throws InvalidSettingException when the variable does not accept the value */
    void check(String value) {
        try {
            check.accept(value);
        } catch (IllegalArgumentException unfit) {
            throw rule.equals(KEYS)
                    ? new InvalidSettingException("must be " + rule)
                    : new InvalidSettingException("must be " + rule, value);
        }
    }

    private static void lanes(String value) {
        String text = value.strip();
        require(text.equals("auto") || Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 256);
    }

    private static void connections(String value) {
        int number = Integer.parseInt(value.strip());
        require(number >= 1 && number <= 1_000_000);
    }

    private static void part(String value) {
        double number = Double.parseDouble(value.strip());
        require(number >= 0 && number <= 1);
    }

    private static void keys(String value) {
        require(Arrays.stream(value.split(",")).anyMatch(key -> !key.isBlank()));
        require(Arrays.stream(value.split(","))
                .map(String::strip)
                .allMatch(key -> !key.startsWith("#")
                        && key.chars().allMatch(c -> c > ' ' && c <= '~' && c != '$' && c != '\\')));
    }

    private static void hosts(String value) {
        require(items(value).allMatch(host -> HOST.matcher(host).matches()));
    }

    private static void models(String value) {
        require(!value.isBlank());
        new AllowedModels(items(value).toList());
    }

    private static Stream<String> items(String value) {
        return value.isBlank()
                ? Stream.empty()
                : Stream.of(value.split(",", -1)).map(String::strip);
    }

    private static void file(String value) {
        require(!value.isBlank());
    }

    private static void reloadMode(String value) {
        require(List.of("beside", "drain-first").contains(value.strip()));
    }

    private static void optionalSize(String value) {
        if (!value.isBlank()) {
            size(value);
        }
    }

    private static void size(String value) {
        require(!value.isBlank());
        require(new MemorySizeConverter().convert(value.strip()).asLongValue() > 0);
    }

    private static void sizeOrNone(String value) {
        require(!value.isBlank());
        require(new MemorySizeConverter().convert(value.strip()).asLongValue() >= 0);
    }

    private static void duration(String value) {
        require(!value.isBlank());
        require(new DurationConverter().convert(value.strip()).toMillis() > 0);
    }

    private static void durationOrNone(String value) {
        require(!value.isBlank());
        require(!new DurationConverter().convert(value.strip()).isNegative());
    }

    private static void secondOrMore(String value) {
        duration(value);
        require(new DurationConverter().convert(value.strip()).toMillis() >= 1000);
    }

    private static void require(boolean fits) {
        if (!fits) {
            throw new IllegalArgumentException();
        }
    }
}
