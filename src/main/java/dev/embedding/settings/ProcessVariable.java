package dev.embedding.settings;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.util.List;
import java.util.function.Consumer;

/**
 * Environment variables that are fixed for the life of the process. Each is also a Quarkus configuration property, whose
 * {@code @ConfigMapping} stands beside its user; this table lets the start end with one clear line for a bad value.
 */
enum ProcessVariable {
    EMBEDDING_LANES("auto or a whole number from 1 to 256", ProcessVariable::lanes),
    EMBEDDING_MAX_BODY_SIZE("a size as 32M", ProcessVariable::size),
    EMBEDDING_BODY_PAUSE("a duration as 30s or 500ms", ProcessVariable::duration),
    EMBEDDING_GPU_MEMORY_LIMIT("empty, or a size as 4G", ProcessVariable::optionalSize),
    EMBEDDING_SHUTDOWN_TIMEOUT("a duration as 25s or 500ms", ProcessVariable::duration),
    EMBEDDING_DB_TIMEOUT("a duration as 3s or 500ms", ProcessVariable::duration),
    EMBEDDING_SETTINGS_POLL_INTERVAL("a duration of 1s or more", ProcessVariable::secondOrMore),
    EMBEDDING_RELOAD_MODE("beside or drain-first", ProcessVariable::reloadMode),
    EMBEDDING_MAX_MODEL_SIZE("empty, or a size as 2G", ProcessVariable::optionalSize);

    private final String rule;
    private final Consumer<String> check;

    ProcessVariable(String rule, Consumer<String> check) {
        this.rule = rule;
        this.check = check;
    }

    /** @throws InvalidSettingException when the variable does not take the value */
    void check(String value) {
        try {
            check.accept(value);
        } catch (IllegalArgumentException unfit) {
            throw new InvalidSettingException("must be " + rule, value);
        }
    }

    private static void lanes(String value) {
        String text = value.strip();
        require(text.equals("auto") || Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 256);
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

    private static void duration(String value) {
        require(!value.isBlank());
        require(new DurationConverter().convert(value.strip()).toMillis() > 0);
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
