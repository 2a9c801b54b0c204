package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.reload.FakeStore.Mood;
import dev.embedding.reload.SettingChangeException.Cause;
import dev.embedding.reload.SettingsHealth.Fault;
import dev.embedding.reload.SmallService.Config;
import dev.embedding.serving.ModelProbe;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.StoredRow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SettingsFollowerTest extends FollowerFixture {

    private static final String SPACE_MISMATCH = "0123456789abcdef0123456789abcdef";

    SettingsFollowerTest(@TempDir Path directory) {
        super(directory);
    }

    // Following

    @Test
    void servesTheEnvironmentsSettingsWithoutAStore() {
        SettingsFollower follower = start(Optional.empty(), NEVER_AGAIN, Config.BESIDE);

        awaitModel(SmallService.CLS);

        assertThat(follower.current()).isEqualTo(ENVIRONMENT);
        assertThat(follower.source()).isEqualTo("environment");
        assertThat(follower.health()).isEqualTo(new SettingsHealth("disabled", Map.of()));
    }

    @Test
    void followsTheRowsThatAreStoredBesideIt() {
        store.rows.put("model_name", SmallService.MEAN);
        SettingsFollower follower = start(OFTEN);
        awaitModel(SmallService.MEAN);

        store.rows.put("max_batch_size", "7");
        await(() -> follower.current().get(Setting.MAX_BATCH_SIZE) == 7);
        store.rows.put("model_name", SmallService.BPE);
        awaitModel(SmallService.BPE);

        assertThat(service.servedNames()).containsExactly(SmallService.MEAN, SmallService.MEAN, SmallService.BPE);
        assertThat(ModelProbe.maxBatchSize(service.model())).isEqualTo(7);
        assertThat(follower.health().database()).isEqualTo("healthy");
    }

    @Test
    void followsOnlyTheNewestOfTheRowsThatWereReadDuringALoad() throws InterruptedException {
        start(OFTEN);
        awaitModel(SmallService.CLS);
        service.check.holdNext();
        store.rows.put("model_name", SmallService.MEAN);
        service.check.awaitHeld();

        store.rows.put("model_name", MISSING);
        awaitTwoReads();
        store.rows.put("model_name", SmallService.BPE);
        awaitTwoReads();
        service.check.open();
        awaitModel(SmallService.BPE);

        assertThat(service.servedNames()).containsExactly(SmallService.CLS, SmallService.MEAN, SmallService.BPE);
        assertThat(service.counters.failures()).isZero();
    }

    @Test
    void aBadRowIsAFaultAndBlocksNoOther() {
        store.rows.put("max_batch_size", "many");
        store.rows.put("normalize_embeddings", "off");

        SettingsFollower follower = start(OFTEN);
        await(() -> !follower.current().get(Setting.NORMALIZE_EMBEDDINGS));

        assertThat(follower.current().get(Setting.MAX_BATCH_SIZE)).isEqualTo(32);
        assertThat(fault(follower, "settings_fault")).contains("max_batch_size", "many");
        store.rows.put("max_batch_size", "64");
        await(() -> follower.faults() == 0 && follower.current().get(Setting.MAX_BATCH_SIZE) == 64);
    }

    @Test
    void keepsTheRunningModelWhenAnotherCannotBeLoadedAndFollowsTheRest() {
        SettingsFollower follower = start(OFTEN);
        awaitModel(SmallService.CLS);
        LoadedModel running = service.model();

        store.rows.putAll(Map.of("model_name", MISSING, "cors_origins", "https://a"));
        await(() -> follower.faults() == 1);

        assertThat(fault(follower, "model_fault")).contains(MISSING);
        assertThat(follower.current().get(Setting.CORS_ORIGINS)).containsExactly("https://a");
        assertThat(service.model()).isSameAs(running);
        store.rows.remove("model_name");
        await(() -> follower.faults() == 0);
        assertThat(service.model()).isSameAs(running);
    }

    @Test
    void triesAgainAModelThatCouldNotBeLoaded() throws IOException {
        Path model = directory.resolve("late");
        store.rows.put("model_name", model.toString());
        SettingsFollower follower = start(NEVER_AGAIN);
        await(() -> follower.health().faults().containsKey("model_fault"));
        boolean nothingServed = service.active.model().isEmpty();

        SmallService.copyModel(SmallService.MEAN, model);
        awaitModel(model.toString());

        assertThat(nothingServed).isTrue();
        await(() -> follower.faults() == 0);
    }

    @Test
    void aStoreThatGoesAwayIsAFaultUntilItAnswersAgain() {
        SettingsFollower follower = start(OFTEN);
        awaitModel(SmallService.CLS);

        store.mood = Mood.AWAY;
        await(() -> follower.health().database().equals("unhealthy"));

        assertThat(fault(follower, "database_fault")).isEqualTo("The store is away");
        assertThat(service.active.model()).isPresent();
        store.mood = Mood.FINE;
        await(() -> follower.health().equals(new SettingsHealth("healthy", Map.of())));
    }

    // Changing

    @Test
    void loadsBeforeItStoresAndStoresBeforeItServes() {
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);
        List<String> servedAtTheWrite = new ArrayList<>();
        store.beforeWrite = () -> servedAtTheWrite.add(service.model().name() + service.counters.attempts());

        change(follower, Setting.MODEL_NAME, SmallService.MEAN);

        assertThat(servedAtTheWrite).containsExactly(SmallService.CLS + 1);
        assertThat(store.rows).containsExactly(Map.entry("model_name", SmallService.MEAN));
        assertThat(service.model().name()).isEqualTo(SmallService.MEAN);
        assertThat(follower.current().get(Setting.MODEL_NAME)).isEqualTo(SmallService.MEAN);
    }

    @Test
    void goesBackToTheEnvironmentsValueWhenARowIsDeleted() {
        store.rows.put("max_batch_size", "7");
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);

        follower.change(Map.of(SettingKey.of(Setting.MAX_BATCH_SIZE), Optional.empty()), Optional.empty())
                .await()
                .atMost(Duration.ofSeconds(30));

        assertThat(store.rows).isEmpty();
        assertThat(ModelProbe.maxBatchSize(service.model())).isEqualTo(32);
    }

    @Test
    void aChangeThatCannotBeStoredChangesNothing() {
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);
        LoadedModel running = service.model();
        store.mood = Mood.REFUSING_WRITES;

        SettingChangeException refusal = refusal(follower, Setting.MODEL_NAME, SmallService.MEAN);

        assertThat(refusal.reason()).isEqualTo(Cause.STORE_UNAVAILABLE);
        assertThat(refusal.detail()).isEqualTo("Nothing was changed: The store is away.");
        assertThat(service.model()).isSameAs(running);
        assertThat(ModelProbe.isClosed(running)).isFalse();
        assertThat(follower.current()).isEqualTo(ENVIRONMENT);
    }

    @Test
    void storesNoModelThatCannotBeLoaded() {
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);

        SettingChangeException refusal = refusal(follower, Setting.MODEL_NAME, MISSING);

        assertThat(refusal.reason()).isEqualTo(Cause.MODEL_NOT_LOADED);
        assertThat(refusal.detail())
                .startsWith("The previous model stays active")
                .contains(MISSING);
        assertThat(store.writes).hasValue(0);
        assertThat(follower.faults()).isZero();
    }

    @Test
    void refusesChangesThatCannotBeMade() {
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);

        Cause notStored = catchThrowableOfType(SettingChangeException.class, () -> follower.change(
                                Map.of(SettingKey.of(Setting.DEVICE), Optional.empty()), Optional.empty())
                        .await()
                        .atMost(Duration.ofSeconds(30)))
                .reason();
        store.readOnly = true;
        Cause readOnly = refusal(follower, Setting.DEVICE, "cpu").reason();
        Cause off = refusal(start(Optional.empty(), NEVER_AGAIN, Config.BESIDE), Setting.DEVICE, "cpu")
                .reason();

        assertThat(notStored).isEqualTo(Cause.NOT_STORED);
        assertThat(readOnly).isEqualTo(Cause.READ_ONLY);
        assertThat(off).isEqualTo(Cause.STORE_OFF);
    }

    @Test
    void changesAnotherKeyWhileTheStoredModelCannotBeLoaded() {
        SettingsFollower follower = start(OFTEN);
        awaitModel(SmallService.CLS);
        store.rows.put("model_name", MISSING);
        await(() -> follower.faults() == 1);

        change(follower, Setting.MAX_BATCH_SIZE, "7");

        assertThat(store.rows).containsEntry("max_batch_size", "7").containsEntry("model_name", MISSING);
        assertThat(ModelProbe.maxBatchSize(service.model())).isEqualTo(7);
        assertThat(follower.health().faults()).containsOnlyKeys("model_fault");
    }

    @Test
    void aChangeDoesNotHideARowThatWasNotFollowedYet() {
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);
        store.rows.put("model_name", SmallService.MEAN);

        change(follower, Setting.MAX_BATCH_SIZE, "7");

        awaitModel(SmallService.MEAN);
    }

    @Test
    void rowsThatWereReadBeforeAChangeDoNotUndoIt() throws InterruptedException {
        SettingsFollower follower = start(OFTEN);
        awaitModel(SmallService.CLS);
        CountDownLatch isRead = new CountDownLatch(1);
        CountDownLatch mayBeTold = new CountDownLatch(1);
        store.afterRead = () -> {
            store.afterRead = () -> {};
            isRead.countDown();
            awaitLatch(mayBeTold);
        };
        isRead.await();

        change(follower, Setting.MODEL_NAME, SmallService.MEAN);
        mayBeTold.countDown();
        awaitTwoReads();
        change(follower, Setting.MAX_BATCH_SIZE, "7");

        assertThat(service.servedNames()).containsExactly(SmallService.CLS, SmallService.MEAN, SmallService.MEAN);
        assertThat(follower.current().get(Setting.MODEL_NAME)).isEqualTo(SmallService.MEAN);
    }

    @Test
    void aRowThatWouldLeaveTheRequiredSpaceBlocksNoChangeOfAnotherKey() {
        store.rows.put("model_name", SmallService.MEAN);
        String required = fingerprint(SmallService.MEAN);
        store.rows.put("required_space", required);
        SettingsFollower follower = start(OFTEN);
        await(() -> service.active.model().isPresent());
        store.rows.put("normalize_embeddings", "no");
        await(() -> follower.faults() == 1);

        change(follower, Setting.MAX_BATCH_SIZE, "7");

        assertThat(follower.current().get(Setting.MAX_BATCH_SIZE)).isEqualTo(7);
        assertThat(service.active.fingerprint()).contains(required);
        assertThat(refusal(follower, Setting.NORMALIZE_EMBEDDINGS, "off").reason())
                .isEqualTo(Cause.SPACE_MISMATCH);
    }

    @Test
    void aRowThatRequiresAnotherSpaceIsAFaultAndLeavesThePreviousRequirementInForce() {
        String served = fingerprint(SmallService.CLS);
        store.rows.put("required_space", served);
        SettingsFollower follower = start(OFTEN);
        awaitModel(SmallService.CLS);
        LoadedModel running = service.model();

        store.rows.putAll(Map.of("required_space", SPACE_MISMATCH, "max_batch_size", "7"));
        await(() -> follower.faults() == 1 && follower.current().get(Setting.MAX_BATCH_SIZE) == 7);
        change(follower, Setting.CORS_ORIGINS, "https://a");

        assertThat(fault(follower, "model_fault")).contains(SPACE_MISMATCH, served);
        assertThat(follower.current().get(Setting.REQUIRED_SPACE)).contains(served);
        assertThat(follower.current().get(Setting.CORS_ORIGINS)).containsExactly("https://a");
        assertThat(service.model()).isSameAs(running);
        store.rows.put("required_space", "");
        await(() -> follower.faults() == 0);
        assertThat(follower.current().get(Setting.REQUIRED_SPACE)).isEmpty();
    }

    @Test
    void requiresOnlyASpaceThatIsServedAndLiftsItAgain() {
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);
        String served = service.active.fingerprint().orElseThrow();

        SettingChangeException refusal = refusal(follower, Setting.REQUIRED_SPACE, SPACE_MISMATCH);
        change(follower, Setting.REQUIRED_SPACE, served);
        SettingChangeException bound = refusal(follower, Setting.MODEL_NAME, SmallService.MEAN);

        assertThat(refusal.reason()).isEqualTo(Cause.SPACE_MISMATCH);
        assertThat(bound.reason()).isEqualTo(Cause.SPACE_MISMATCH);
        assertThat(store.rows).containsExactly(Map.entry("required_space", served));
        delete(follower, Setting.REQUIRED_SPACE);
        change(follower, Setting.MODEL_NAME, SmallService.MEAN);
        assertThat(service.model().name()).isEqualTo(SmallService.MEAN);
    }

    @Test
    void changesTheModelTogetherWithTheSpaceThatIsRequired() {
        store.rows.put("required_space", fingerprint(SmallService.CLS));
        String other = fingerprint(SmallService.MEAN);
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);

        follower.change(
                        Map.of(
                                SettingKey.of(Setting.MODEL_NAME), Optional.of(SmallService.MEAN),
                                SettingKey.of(Setting.REQUIRED_SPACE), Optional.of(other)),
                        Optional.empty())
                .await()
                .atMost(Duration.ofSeconds(30));

        assertThat(service.active.fingerprint()).contains(other);
        assertThat(store.rows).containsEntry("required_space", other).containsEntry("model_name", SmallService.MEAN);
        assertThat(follower.current().get(Setting.REQUIRED_SPACE)).contains(other);
    }

    @Test
    void followsARefusedModelAtOnceWhenTheRequirementIsLifted() {
        store.rows.put("required_space", fingerprint(SmallService.CLS));
        SettingsFollower follower = start(OFTEN);
        awaitModel(SmallService.CLS);
        store.rows.put("model_name", SmallService.MEAN);
        await(() -> follower.faults() == 1);

        change(follower, Setting.REQUIRED_SPACE, "");

        awaitModel(SmallService.MEAN);
        await(() -> follower.faults() == 0);
    }

    @Test
    void servesOnceTheRequirementIsLiftedThatKeptItFromStarting() {
        store.rows.put("required_space", SPACE_MISMATCH);
        SettingsFollower follower = start(NEVER_AGAIN);
        await(() -> follower.health().faults().containsKey("model_fault"));

        delete(follower, Setting.REQUIRED_SPACE);

        assertThat(service.model().name()).isEqualTo(SmallService.CLS);
        assertThat(follower.faults()).isZero();
    }

    @Test
    void keepsPromptsWithTheirBlanksForAStartWithoutTheStore() throws InterruptedException {
        store.rows.putAll(Map.of("query_prompt", " query: ", "document_prompt", "", "model_file", ""));
        SettingsFollower before = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);
        await(() -> lastGood().read(ENVIRONMENT).isPresent());
        before.stop(Duration.ofSeconds(30));
        store.mood = Mood.HANGING;

        SettingsFollower after = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);

        assertThat(after.current().get(Setting.QUERY_PROMPT)).isEqualTo(" query: ");
        assertThat(after.current().get(Setting.DOCUMENT_PROMPT)).isEmpty();
    }

    // Starting

    @Test
    void startsWithWhatWasInForceLastWhenTheStoreDoesNotAnswer() {
        lastGood().write(List.of(new StoredRow("model_name", SmallService.MEAN)));
        store.mood = Mood.HANGING;

        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel(SmallService.MEAN);

        assertThat(fault(follower, "database_fault")).contains("did not answer within 5 s");
    }

    @Test
    void startsWithTheEnvironmentsSettingsWhenNothingElseIsKnown() {
        store.mood = Mood.AWAY;
        store.rows.put("model_name", SmallService.MEAN);

        SettingsFollower follower = start(OFTEN);
        awaitModel(SmallService.CLS);

        assertThat(follower.health().database()).isEqualTo("unhealthy");
        store.mood = Mood.FINE;
        awaitModel(SmallService.MEAN);
        assertThat(lastGood().read(ENVIRONMENT)).isPresent();
    }

    @Test
    void servesNothingElseWhenTheStoredModelCannotBeLoadedAtTheStart() {
        store.rows.put("model_name", MISSING);

        SettingsFollower follower = start(OFTEN);
        await(() -> follower.health().faults().containsKey("model_fault"));

        assertThat(service.active.model()).isEmpty();
        store.rows.put("model_name", SmallService.MEAN);
        awaitModel(SmallService.MEAN);
        await(() -> follower.faults() == 0);
    }

    // Stopping

    @Test
    void aRowThatIsBadAtTheStartKeepsTheValueThatWasInForceLast() throws InterruptedException {
        store.rows.putAll(Map.of("model_name", SmallService.MEAN, "normalize_embeddings", "off"));
        SettingsFollower before = start(OFTEN);
        awaitModel(SmallService.MEAN);
        store.rows.put("normalize_embeddings", "perhaps");
        await(() -> before.faults() == 1);
        before.stop(Duration.ofSeconds(30));

        SettingsFollower after = start(OFTEN);
        await(() -> service.active.model().isPresent() && after.faults() == 1);

        assertThat(after.current().get(Setting.NORMALIZE_EMBEDDINGS)).isFalse();
        assertThat(after.current().get(Setting.MODEL_NAME)).isEqualTo(SmallService.MEAN);
        assertThat(fault(after, "settings_fault")).contains("perhaps");
    }

    @Test
    void changesAnotherKeyWhileNoModelCanBeLoadedAtAll() {
        store.rows.put("model_name", MISSING);
        SettingsFollower follower = start(NEVER_AGAIN);
        await(() -> follower.health().faults().containsKey("model_fault"));

        change(follower, Setting.MAX_BATCH_SIZE, "9");

        assertThat(store.rows).containsEntry("max_batch_size", "9");
        assertThat(follower.current().get(Setting.MAX_BATCH_SIZE)).isEqualTo(9);
        change(follower, Setting.MODEL_NAME, SmallService.MEAN);
        awaitModel(SmallService.MEAN);
        assertThat(ModelProbe.maxBatchSize(service.model())).isEqualTo(9);
    }

    @Test
    void waitsForALoadWhenItIsStoppedAndServesNothingAfterwards() throws Exception {
        service.check.holdNext();
        SettingsFollower follower = start(NEVER_AGAIN);
        service.check.awaitHeld();

        follower.stopFollowing();
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> stop(follower));
        service.check.open();
        stopped.join();

        assertThat(service.active.model()).isEmpty();
        assertThat(service.served).isEmpty();
    }

    @Test
    void changesNothingOnceItIsStopped() throws InterruptedException {
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel(SmallService.CLS);
        follower.stop(Duration.ofSeconds(30));

        assertThat(refusal(follower, Setting.DEVICE, "cpu").reason()).isEqualTo(Cause.STOPPING);
        assertThat(store.writes).hasValue(0);
    }

    private static void stop(SettingsFollower follower) {
        try {
            follower.stop(Duration.ofSeconds(30));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String fingerprint(String modelName) {
        try (SmallService other = new SmallService()) {
            ReloadExecutor models = other.models(Config.BESIDE);
            Map<String, ModelSettings> wanted = SmallService.settings(modelName).models();
            try (ReloadExecutor.Prepared prepared = models.prepare(ReloadPlanner.plan(models.running(), wanted))) {
                prepared.commit();
            }
            return other.active.fingerprint().orElseThrow();
        }
    }

    private static void change(SettingsFollower follower, Setting<?> key, String text) {
        follower.change(Map.of(SettingKey.of(key), Optional.of(text)), Optional.empty())
                .await()
                .atMost(Duration.ofSeconds(30));
    }

    private static void delete(SettingsFollower follower, Setting<?> key) {
        follower.change(Map.of(SettingKey.of(key), Optional.empty()), Optional.empty())
                .await()
                .atMost(Duration.ofSeconds(30));
    }

    private static SettingChangeException refusal(SettingsFollower follower, Setting<?> key, String text) {
        return catchThrowableOfType(SettingChangeException.class, () -> change(follower, key, text));
    }

    private static String fault(SettingsFollower follower, String name) {
        return Optional.ofNullable(follower.health().faults().get(name))
                .map(Fault::text)
                .orElse("no " + name);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitModel(String name) {
        await(() -> service.active.model().map(LoadedModel::name).equals(Optional.of(name)));
    }
}
