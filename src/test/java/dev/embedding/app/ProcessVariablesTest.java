package dev.embedding.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.embedding.http.access.AccessConfig;
import dev.embedding.http.edge.EdgeConfig;
import dev.embedding.reload.ReloadConfig;
import dev.embedding.settings.environment.Environment;
import dev.embedding.support.config.Rule;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.WithConverter;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the rules of process variables, before the start and in the configuration that Quarkus makes. */
class ProcessVariablesTest {

    private static final int ORDINAL_OF_THE_ENVIRONMENT = 300;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            EMBEDDING_API_KEYS               | 'a, b#'
            EMBEDDING_API_KEYS_FILE          | /run/keys
            EMBEDDING_ALLOWED_HOSTS          | ''
            EMBEDDING_ALLOWED_HOSTS          | 'a.example, [::1]:8001,10.0.0.1'
            EMBEDDING_ALLOWED_MODELS         | 'acme/*, /models/**'
            EMBEDDING_LANES                  | ' 3 '
            EMBEDDING_LANES                  | auto
            EMBEDDING_MAX_CONNECTIONS        | 1000000
            EMBEDDING_MAX_QUEUE_WAIT         | 1ms
            EMBEDDING_SHUTDOWN_DELAY         | 0s
            EMBEDDING_SETTINGS_POLL_INTERVAL | 1s
            EMBEDDING_MAX_BODY_SIZE          | 1
            EMBEDDING_CACHE_SIZE             | 0
            EMBEDDING_MAX_INFLIGHT_BYTES     | ''
            EMBEDDING_GPU_MEMORY_LIMIT       | ' '
            EMBEDDING_MAX_MODEL_SIZE         | 2G
            EMBEDDING_MIN_COSINE             | 1
            EMBEDDING_RELOAD_MODE            | ' drain-first '
            EMBEDDING_MODELS_QUERY_LANES     | x
            """)
    void acceptsWhatQuarkusAccepts(String variable, String value) {
        assertThat(ProcessVariables.faults(environment(variable, value))).isEmpty();

        assertThatCode(() -> quarkus(variable, value)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            EMBEDDING_API_KEYS_FILE          | ' '      | the name of a file
            EMBEDDING_ALLOWED_HOSTS          | http://a | empty, or host names and addresses, comma-separated, each with or without a port
            EMBEDDING_ALLOWED_HOSTS          | a,,b     | empty, or host names and addresses, comma-separated, each with or without a port
            EMBEDDING_ALLOWED_MODELS         | a/*,     | one or more patterns of hub ids and of directories from the root, comma-separated, as acme/*,/models/**
            EMBEDDING_ALLOWED_MODELS         | '['      | one or more patterns of hub ids and of directories from the root, comma-separated, as acme/*,/models/**
            EMBEDDING_LANES                  | 257      | auto or a whole number from 1 to 256
            EMBEDDING_LANES                  | ''       | auto or a whole number from 1 to 256
            EMBEDDING_MAX_CONNECTIONS        | 1000001  | a whole number from 1 to 1000000
            EMBEDDING_MAX_CONNECTIONS        | many     | a whole number from 1 to 1000000
            EMBEDDING_MAX_QUEUE_WAIT         | 0s       | a duration as 10s or 500ms
            EMBEDDING_MAX_BATCH_WAIT         | long     | a duration as 300s or 5m
            EMBEDDING_DB_TIMEOUT             | ''       | a duration as 3s or 500ms
            EMBEDDING_SHUTDOWN_DELAY         | -1s      | a duration as 5s, or 0s
            EMBEDDING_SETTINGS_POLL_INTERVAL | 999ms    | a duration of 1s or more
            EMBEDDING_SETTINGS_POLL_INTERVAL | ''       | a duration of 1s or more
            EMBEDDING_MAX_BODY_SIZE          | 0        | a size as 32M
            EMBEDDING_CACHE_SIZE             | ''       | a size as 64M, or 0
            EMBEDDING_CACHE_SIZE             | -1       | a size as 64M, or 0
            EMBEDDING_MAX_MODEL_SIZE         | 0        | empty, or a size as 2G
            EMBEDDING_MAX_MODEL_SIZE         | 9999999E | empty, or a size as 2G
            EMBEDDING_MIN_COSINE             | NaN      | a number from 0 to 1
            EMBEDDING_MIN_COSINE             | 1.01     | a number from 0 to 1
            EMBEDDING_RELOAD_MODE            | BESIDE   | beside or drain-first
            """)
    void refusesWhatQuarkusRefuses(String variable, String value, String rule) {
        assertThat(ProcessVariables.faults(environment(variable, value)))
                .containsExactly(variable + " must be " + rule + ", not '" + value + "'");

        assertThatThrownBy(() -> quarkus(variable, value))
                .isInstanceOf(ConfigValidationException.class)
                .hasMessageContaining(
                        variable.toLowerCase(Locale.ROOT).replaceFirst("_", ".").replace('_', '-'));
    }

    @ParameterizedTest
    @CsvSource({"EMBEDDING_MAX_BODY_SIZE, a size as 32M", "EMBEDDING_API_KEYS_FILE, the name of a file"})
    void refusesAnEmptyVariableThatQuarkusTakesForUnset(String variable, String rule) {
        assertThat(ProcessVariables.faults(environment(variable, "")))
                .containsExactly(variable + " must be " + rule + ", not ''");

        assertThatCode(() -> quarkus(variable, "")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " , ", "geheim $x", "ge\\heim", "ge heim", "#geheim", "a,# geheim"})
    void doesNotShowKeys(String keys) {
        assertThat(ProcessVariables.faults(environment("EMBEDDING_ADMIN_KEYS", keys)))
                .containsExactly("EMBEDDING_ADMIN_KEYS must be one or more keys, comma-separated, of visible ASCII"
                        + " characters other than $ and \\, none with # in front");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ge heim", "#geheim", "a,# geheim", "ge\\heim"})
    void keepsKeysOutOfQuarkusMessages(String keys) {
        assertThatThrownBy(() -> quarkus("EMBEDDING_ADMIN_KEYS", keys))
                .isInstanceOf(ConfigValidationException.class)
                .hasMessageNotContaining("heim");
    }

    @Test
    void namesAllFaultsInTheOrderOfTheVariables() {
        Environment environment = new Environment(Map.of(
                "EMBEDDING_MIN_COSINE", "2", "EMBEDDING_LANES", "x".repeat(100), "EMBEDDING_DB_TIMEOUT", "a\nb"));

        assertThat(ProcessVariables.faults(environment))
                .containsExactly(
                        "EMBEDDING_DB_TIMEOUT must be a duration as 3s or 500ms, not 'a b'",
                        "EMBEDDING_LANES must be auto or a whole number from 1 to 256, not '" + "x".repeat(80) + "…'",
                        "EMBEDDING_MIN_COSINE must be a number from 0 to 1, not '2'");
    }

    @Test
    void leavesAPathThatTheLocaleCannotExpressToThoseThatCheckPaths() {
        assertThat(ProcessVariables.faults(environment("EMBEDDING_API_KEYS_FILE", "key\0s")))
                .isEmpty();
    }

    @Test
    void convertsTheValuesThatTheServiceUses() {
        SmallRyeConfig config = quarkus(Map.of(
                "EMBEDDING_ALLOWED_MODELS", "acme/*, /models/\\*",
                "EMBEDDING_ALLOWED_HOSTS", "A.example, b:8001",
                "EMBEDDING_ADMIN_KEYS_FILE", "keys",
                "EMBEDDING_MAX_INFLIGHT_BYTES", " ",
                "EMBEDDING_MAX_BODY_SIZE", "1K",
                "EMBEDDING_LANES", "7",
                "EMBEDDING_RELOAD_MODE", "drain-first"));

        ReloadConfig reload = config.getConfigMapping(ReloadConfig.class);
        assertThat(reload.reloadMode()).isEqualTo(ReloadConfig.Mode.DRAIN_FIRST);
        assertThat(reload.allowedModels()).hasValueSatisfying(models -> {
            assertThat(models.allow("/models/*")).isTrue();
            assertThat(models.allow("/models/a")).isFalse();
        });
        AccessConfig access = config.getConfigMapping(AccessConfig.class);
        assertThat(access.allowedHosts()).hasValueSatisfying(allowed -> assertThat(allowed.hosts())
                .containsExactlyInAnyOrder("a.example", "b:8001"));
        assertThat(access.adminKeys()).isEmpty();
        assertThat(access.adminKeysFile()).hasValue(Path.of("keys"));
        EdgeConfig edge = config.getConfigMapping(EdgeConfig.class);
        assertThat(edge.maxInflightBytes()).isEmpty();
        assertThat(edge.maxBodySize().map(MemorySize::asLongValue)).hasValue(1_024L);
        assertThat(config.getConfigMapping(EngineConfig.class).lanes()).isEqualTo(7);
    }

    @Test
    void hasDefaultsThatKeepToTheirRules() {
        assertThat(quarkus(Map.of()).getConfigMapping(EdgeConfig.class).maxConnections())
                .isEqualTo(4_096);
    }

    @Test
    void knowsEveryMapping() {
        assertThat(new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages("dev.embedding")
                                .stream()
                                .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
                                .map(type -> type.getName()))
                .containsExactlyInAnyOrderElementsOf(
                        ProcessVariables.MAPPINGS.stream().map(Class::getName).toList());
    }

    @Test
    void hasARuleAndItsConverterForEveryMemberButTheSettingsFile() {
        assertThat(ProcessVariables.MAPPINGS.stream()
                        .flatMap(mapping -> Arrays.stream(mapping.getMethods()))
                        .filter(member -> !member.isAnnotationPresent(Rule.class)
                                || !member.isAnnotationPresent(WithConverter.class))
                        .map(Method::getName))
                .containsExactly("settingsFile");
    }

    private static Environment environment(String variable, String value) {
        return new Environment(Map.of(variable, value));
    }

    private static SmallRyeConfig quarkus(String variable, String value) {
        return quarkus(Map.of(variable, value));
    }

    /** The configuration of some variables, with the same mappings as Quarkus'. */
    private static SmallRyeConfig quarkus(Map<String, String> variables) {
        SmallRyeConfigBuilder builder =
                new SmallRyeConfigBuilder().withSources(new EnvConfigSource(variables, ORDINAL_OF_THE_ENVIRONMENT));
        ProcessVariables.MAPPINGS.forEach(builder::withMapping);
        return builder.build();
    }
}
