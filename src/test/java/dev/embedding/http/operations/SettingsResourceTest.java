package dev.embedding.http.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.reload.SettingChangeException;
import dev.embedding.reload.SettingsControl;
import dev.embedding.reload.SettingsHealth;
import dev.embedding.serving.PatientQueue;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.environment.Environment;
import dev.embedding.settings.environment.EnvironmentSettings;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsResourceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ModelHost host = new ModelHost(1, 1, PatientQueue.LIMITS, (rows, tokens, paddedTokens, nanos) -> {});

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void completesAChangeWhoseCallerDisconnects() throws InterruptedException {
        HeldChange held = new HeldChange("database");
        var caller =
                resource(held).deleted("device", Optional.empty()).subscribe().with(response -> {}, failure -> {});
        assertThat(held.begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        caller.cancel();

        assertThat(held.ended).isNotDone();
        assertThat(held.changes).containsExactly(Map.of(SettingKey.of(Setting.DEVICE), Optional.empty()));
    }

    @Test
    void respondsWhenTheChangeIsInForce() throws InterruptedException {
        HeldChange held = new HeldChange("database");
        CompletableFuture<SettingsResource.Settings> response =
                resource(held).deleted("device", Optional.empty()).subscribeAsCompletionStage();
        assertThat(held.begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(response).isNotDone();

        held.ended.complete(null);

        assertThat(response).succeedsWithin(PATIENCE).satisfies(settings -> assertThat(settings.source())
                .isEqualTo("database"));
        assertThat(held.changes).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"environment, false", "file, false", "database, true"})
    void reportsTheSourceOfSettings(String source, boolean fromDatabase) {
        SettingsResource.Settings settings =
                resource(new HeldChange(source)).settings().await().atMost(PATIENCE);

        assertThat(settings.source()).isEqualTo(source);
        assertThat(settings.settings()).containsEntry("use_db_settings", fromDatabase);
    }

    @Test
    void rejectsChangesWhenSettingsComeFromTheEnvironment() {
        HeldChange held = new HeldChange("environment");

        SettingChangeException refusal = catchThrowableOfType(SettingChangeException.class, () -> resource(held)
                .deleted("nothing", Optional.empty())
                .await()
                .atMost(PATIENCE));

        assertThat(refusal.reason()).isEqualTo(SettingChangeException.Cause.STORE_OFF);
        assertThat(held.changes).isEmpty();
    }

    private SettingsResource resource(SettingsControl control) {
        return new SettingsResource(new ServiceIdentity("embedding-service", "1"), control, host);
    }

    /** Change that completes when the test completes {@code ended}, which is cancelled with it. */
    private static final class HeldChange implements SettingsControl {
        final CountDownLatch begun = new CountDownLatch(1);
        final CompletableFuture<Void> ended = new CompletableFuture<>();
        final List<Map<SettingKey, Optional<String>>> changes = new ArrayList<>();
        private final String source;

        HeldChange(String source) {
            this.source = source;
        }

        @Override
        public ServiceSettings current() {
            return EnvironmentSettings.of(new Environment(Map.of())).settings();
        }

        @Override
        public Set<SettingKey> given() {
            return Set.of();
        }

        @Override
        public String source() {
            return source;
        }

        @Override
        public Uni<Void> change(Map<SettingKey, Optional<String>> requested, Optional<String> keyId) {
            changes.add(requested);
            return Uni.createFrom()
                    .completionStage(ended)
                    .onCancellation()
                    .invoke(() -> ended.cancel(false))
                    .onSubscription()
                    .invoke(begun::countDown);
        }

        @Override
        public SettingsHealth health() {
            return new SettingsHealth("healthy", Map.of());
        }
    }
}
