package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.reload.SettingChangeException.Cause;
import dev.embedding.serving.ModelProbe;
import dev.embedding.serving.ModelSlot;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.StoredRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models that are added, changed, moved and removed by rows and by calls. */
@Timeout(60)
class SeveralModelsTest extends FollowerFixture {

    SeveralModelsTest(@TempDir Path directory) {
        super(directory);
    }

    @Test
    void aRowAddsAModelAndAnotherReplacesItAndWithoutRowsItIsDrainedAndClosed() {
        start(OFTEN);
        awaitModel("default", SmallService.CLS);

        store.rows.put("models.small.model_name", SmallService.MEAN);
        awaitModel("small", SmallService.MEAN);
        store.rows.put("models.small.model_name", SmallService.BPE);
        awaitModel("small", SmallService.BPE);
        LoadedModel last = model("small").orElseThrow();
        Runnable lease = ModelProbe.hold(service.registry, "small");
        store.rows.clear();
        await(() -> service.registry.slot("small").isEmpty());

        assertThat(ModelProbe.isClosed(last)).isFalse();
        lease.run();
        await(() -> ModelProbe.isClosed(last));
        assertThat(service.removed).containsExactly("small");
        assertThat(model("default").map(LoadedModel::name)).contains(SmallService.CLS);
        assertThat(service.servedNames()).containsExactly(SmallService.CLS, SmallService.MEAN, SmallService.BPE);
    }

    @Test
    void aModelThatCannotBeLoadedHurtsNoOther() {
        store.rows.putAll(Map.of(
                "models.a.model_name",
                MISSING,
                "models.b.model_name",
                SmallService.MEAN,
                "models.c.model_name",
                SmallService.BPE,
                "models.c.precision",
                "fp9"));
        SettingsFollower follower = start(OFTEN);
        awaitModel("b", SmallService.MEAN);

        store.rows.put("max_batch_size", "7");
        await(() -> ModelProbe.maxBatchSize(model("default").orElseThrow()) == 7);
        await(() -> ModelProbe.maxBatchSize(model("b").orElseThrow()) == 7);

        assertThat(follower.health().faults()).containsOnlyKeys("models.a.model_fault", "models.c.settings_fault");
        assertThat(model("a")).isEmpty();
        assertThat(service.registry.slot("a")).isPresent();
        assertThat(service.registry.slot("c")).isEmpty();
        assertThat(follower.current().models()).containsOnlyKeys("default", "a", "b");
        store.rows.put("models.a.model_name", SmallService.BPE);
        store.rows.remove("models.c.precision");
        awaitModel("c", SmallService.BPE);
        await(() -> follower.faults() == 0);
    }

    @Test
    void blueBecomesGreenWithoutLoading() {
        start(OFTEN);
        store.rows.put("models.green.model_name", SmallService.MEAN);
        awaitModel("green", SmallService.MEAN);
        LoadedModel blue = model("default").orElseThrow();
        LoadedModel green = model("green").orElseThrow();
        Runnable lease = ModelProbe.hold(service.registry, "green");

        store.transact(rows -> {
            rows.clear();
            rows.put("model_name", SmallService.MEAN);
            rows.put("models.blue.model_name", SmallService.CLS);
            rows.put("models.blue.model_aliases", "old");
        });
        awaitModel("default", SmallService.MEAN);
        lease.run();

        assertThat(model("default")).containsSame(green);
        assertThat(model("blue")).containsSame(blue);
        assertThat(service.registry.slotOfName("old").id()).isEqualTo("blue");
        assertThat(service.registry.slot("green")).isEmpty();
        assertThat(service.served.stream().filter(ServedModel::loaded)).hasSize(2);
        store.rows.remove("models.blue.model_name");
        await(() -> ModelProbe.isClosed(blue));
        assertThat(ModelProbe.isClosed(green)).isFalse();
    }

    @Test
    void newerRowsGoBeforeLoadsThatWait() throws InterruptedException {
        start(OFTEN);
        awaitModel("default", SmallService.CLS);
        service.check.holdNext();
        store.transact(rows -> {
            rows.put("models.a.model_name", SmallService.MEAN);
            rows.put("models.b.model_name", SmallService.BPE);
        });
        service.check.awaitHeld();

        store.rows.remove("models.b.model_name");
        awaitTwoReads();
        service.check.open();
        awaitModel("a", SmallService.MEAN);
        await(() -> service.registry.slot("b").isEmpty());

        assertThat(service.servedNames()).containsExactly(SmallService.CLS, SmallService.MEAN);
    }

    @Test
    void aCallAddsChangesAndRemovesAModel() {
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel("default", SmallService.CLS);

        change(follower, Map.of("models.small.max_batch_size", "3"));
        assertThat(follower.current().models()).containsOnlyKeys("default");
        change(follower, Map.of("models.small.model_name", SmallService.MEAN, "models.small.model_aliases", "fast"));

        assertThat(model("small").map(ModelProbe::maxBatchSize)).contains(3);
        assertThat(store.rows).containsEntry("models.small.model_aliases", "fast");
        follower.change(Map.of(key("models.small.model_name"), Optional.empty()), Optional.empty())
                .await()
                .atMost(Duration.ofSeconds(30));
        assertThat(service.registry.slot("small")).isEmpty();
        assertThat(store.rows).doesNotContainKey("models.small.model_name");
    }

    @Test
    void aCallThatCannotBeFollowedChangesNothing() {
        SettingsFollower follower = start(NEVER_AGAIN);
        awaitModel("default", SmallService.CLS);
        change(follower, Map.of("models.small.model_name", SmallService.MEAN, "models.small.model_aliases", "fast"));
        Map<String, String> before = new HashMap<>(store.rows);

        assertThat(refusal(follower, Map.of("models.other.model_name", MISSING)))
                .isEqualTo(Cause.MODEL_NOT_LOADED);
        assertThat(refusal(follower, Map.of("model_aliases", "fast"))).isEqualTo(Cause.NAME_CLASH);
        assertThat(refusal(follower, Map.of("model_aliases", "small"))).isEqualTo(Cause.NAME_CLASH);
        assertThat(refusal(follower, Map.of("models.small.model_aliases", "default")))
                .isEqualTo(Cause.NAME_CLASH);
        assertThat(refusal(follower, Map.of("models.small.required_space", "0".repeat(32))))
                .isEqualTo(Cause.SPACE_MISMATCH);
        service.freeMemory = OptionalLong.of(1_000);
        SettingChangeException tooLarge = catchThrowableOfType(
                SettingChangeException.class,
                () -> change(follower, Map.of("models.other.model_name", SmallService.BPE)));

        assertThat(tooLarge.detail()).contains("needs about", "MB are free", "Nothing was changed");
        assertThat(store.rows).isEqualTo(before);
        assertThat(service.registry.slots()).extracting(ModelSlot::id).containsExactly("default", "small");
        assertThat(follower.health().faults()).isEmpty();
    }

    @Test
    void aCallForOneModelDoesNotWaitForAnotherThatFails() {
        store.rows.put("model_name", MISSING);
        SettingsFollower follower = start(NEVER_AGAIN);
        await(() -> follower.faults() == 1);

        change(follower, Map.of("models.small.model_name", SmallService.MEAN));

        assertThat(model("small").map(LoadedModel::name)).contains(SmallService.MEAN);
        assertThat(follower.health().faults()).containsOnlyKeys("model_fault");
        assertThat(model("default")).isEmpty();
    }

    @Test
    void theSettingsThatWereInForceLastHaveTheModels() {
        store.rows.put("models.small.model_name", SmallService.MEAN);
        start(OFTEN);
        awaitModel("small", SmallService.MEAN);
        store.rows.put("models.small.model_name", MISSING);
        awaitTwoReads();
        store.rows.put("models.small.max_batch_size", "7");
        await(() -> ModelProbe.maxBatchSize(model("small").orElseThrow()) == 7);
        List<StoredRow> expected = List.of(
                new StoredRow("models.small.max_batch_size", "7"),
                new StoredRow("models.small.model_name", SmallService.MEAN));

        await(() -> lastGood().read(ENVIRONMENT).equals(Optional.of(expected)));
    }

    @Test
    void aRemovedModelMakesRoomForTheNext() {
        start(OFTEN);
        store.rows.put("models.a.model_name", SmallService.MEAN);
        awaitModel("a", SmallService.MEAN);
        LoadedModel first = model("a").orElseThrow();
        service.beforeCheck = () -> assertThat(ModelProbe.isClosed(first)).isTrue();

        store.transact(rows -> {
            rows.clear();
            rows.put("models.b.model_name", SmallService.BPE);
        });

        awaitModel("b", SmallService.BPE);
    }

    private static void change(SettingsFollower follower, Map<String, String> texts) {
        Map<SettingKey, Optional<String>> changes = new HashMap<>();
        texts.forEach((key, text) -> changes.put(key(key), Optional.of(text)));
        follower.change(changes, Optional.empty()).await().atMost(Duration.ofSeconds(30));
    }

    private static Cause refusal(SettingsFollower follower, Map<String, String> texts) {
        return catchThrowableOfType(SettingChangeException.class, () -> change(follower, texts))
                .reason();
    }

    private static SettingKey key(String text) {
        return SettingKey.of(text).orElseThrow();
    }

    private Optional<LoadedModel> model(String id) {
        return service.registry.slot(id).flatMap(ModelSlot::model);
    }

    private void awaitModel(String id, String name) {
        await(() -> model(id).map(LoadedModel::name).equals(Optional.of(name)));
    }
}
