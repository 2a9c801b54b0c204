package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.reload.SmallService.Config;
import dev.embedding.serving.ModelProbe;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReloadExecutorTest {

    private static final ServiceSettings CLS = SmallService.settings(SmallService.CLS);
    private static final ServiceSettings MEAN = SmallService.settings(SmallService.MEAN);

    private static final String SPACE_MISMATCH = "0123456789abcdef0123456789abcdef";

    private final SmallService service = new SmallService();

    @AfterEach
    void close() {
        service.close();
    }

    @Test
    void servesTheFirstModelOnceItIsCommitted() {
        ReloadExecutor models = service.models(Config.BESIDE);

        try (ReloadExecutor.Prepared prepared = prepare(models, CLS)) {
            assertThat(service.active.model()).isEmpty();
            prepared.commit();
        }

        assertThat(service.model().name()).isEqualTo(SmallService.CLS);
        assertThat(settings(models)).contains(CLS.defaultModel());
        assertThat(service.servedNames()).containsExactly(SmallService.CLS);
        assertThat(service.counters.attempts()).isZero();
    }

    @Test
    void retunesTheRunningModelAtOnce() {
        ReloadExecutor models = service.models(Config.BESIDE);
        follow(models, MEAN);
        LoadedModel model = service.model();

        follow(
                models,
                SmallService.settings(
                        SmallService.MEAN, Map.of("EMBEDDING_NORMALIZE", "no", "EMBEDDING_MAX_BATCH_SIZE", "7")));

        assertThat(service.model()).isSameAs(model);
        assertThat(ModelProbe.maxBatchSize(model)).isEqualTo(7);
        assertThat(ModelProbe.normalizes(service.active)).isFalse();
        assertThat(service.served).extracting(ServedModel::fingerprint).doesNotHaveDuplicates();
        assertThat(service.counters.attempts()).isZero();
    }

    @Test
    void tellsNobodyOfAModelThatIsServedAsBefore() {
        ReloadExecutor models = service.models(Config.BESIDE);
        follow(models, CLS);

        follow(models, CLS);

        assertThat(service.served).hasSize(1);
    }

    @Test
    void closesTheReplacedModelWhenItsLastRequestIsAnswered() throws InterruptedException {
        ReloadExecutor models = service.models(Config.BESIDE);
        follow(models, CLS);
        LoadedModel old = service.model();
        Runnable giveBack = ModelProbe.hold(service.active);
        try (ReloadExecutor.Prepared prepared = prepare(models, MEAN)) {
            prepared.commit();
        }

        Thread draining = new Thread(models::drainReplaced);
        draining.start();
        while (draining.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        boolean closedUnderItsRequest = ModelProbe.isClosed(old);
        giveBack.run();
        draining.join();

        assertThat(service.model().name()).isEqualTo(SmallService.MEAN);
        assertThat(closedUnderItsRequest).isFalse();
        assertThat(ModelProbe.isClosed(old)).isTrue();
        assertThat(ModelProbe.isClosed(service.model())).isFalse();
    }

    @Test
    void leavesEverythingAsItWasWithoutACommit() {
        ReloadExecutor models = service.models(Config.BESIDE);
        follow(models, CLS);
        LoadedModel running = service.model();

        prepare(models, MEAN).close();

        assertThat(service.model()).isSameAs(running);
        assertThat(ModelProbe.isClosed(running)).isFalse();
        assertThat(settings(models)).contains(CLS.defaultModel());
        assertThat(service.served).hasSize(1);
    }

    @Test
    void refusesAnotherSpaceThanTheOneThatIsRequired() {
        follow(service.models(Config.BESIDE), CLS);
        String required = service.active.fingerprint().orElseThrow();
        ReloadExecutor models = service.models(Config.BESIDE);
        follow(models, CLS);

        assertThatThrownBy(() -> prepare(models, SmallService.requiring(SmallService.MEAN, required)))
                .isInstanceOf(SpaceMismatchException.class)
                .hasMessageContaining(required);

        assertThat(service.active.fingerprint()).contains(required);
        assertThat(service.counters.failures()).isOne();
    }

    @Test
    void refusesToLeaveTheRequiredSpaceByNormalising() {
        follow(service.models(Config.BESIDE), MEAN);
        String required = service.active.fingerprint().orElseThrow();
        ReloadExecutor models = service.models(Config.BESIDE);
        follow(models, SmallService.requiring(SmallService.MEAN, required));
        ServiceSettings other = SmallService.settings(
                SmallService.MEAN, Map.of("EMBEDDING_NORMALIZE", "no", "EMBEDDING_REQUIRED_SPACE", required));

        assertThatThrownBy(() -> prepare(models, other)).isInstanceOf(SpaceMismatchException.class);

        assertThat(ModelProbe.normalizes(service.active)).isTrue();
    }

    @Test
    void refusesToRequireAnotherSpaceThanTheOneThatIsServed() {
        ReloadExecutor models = service.models(Config.BESIDE);
        follow(models, CLS);
        LoadedModel running = service.model();
        String served = service.active.fingerprint().orElseThrow();

        assertThatThrownBy(() -> prepare(models, SmallService.requiring(SmallService.CLS, SPACE_MISMATCH)))
                .isInstanceOf(SpaceMismatchException.class)
                .hasMessageContainingAll(SPACE_MISMATCH, served);
        follow(models, SmallService.requiring(SmallService.CLS, served));

        assertThat(service.model()).isSameAs(running);
        assertThat(settings(models).orElseThrow().get(Setting.REQUIRED_SPACE)).contains(served);
        assertThat(service.counters.attempts()).isZero();
    }

    @Test
    void checksAnotherModelAgainstTheSpaceThatIsRequiredTogetherWithIt() {
        follow(service.models(Config.BESIDE), MEAN);
        String other = service.active.fingerprint().orElseThrow();
        ReloadExecutor models = service.models(Config.BESIDE);
        follow(models, CLS);

        follow(models, SmallService.requiring(SmallService.MEAN, other));

        assertThat(service.model().name()).isEqualTo(SmallService.MEAN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EMBEDDING_MODEL_FILE=onnx/model.onnx",
                "EMBEDDING_POOLING=mean",
                "EMBEDDING_QUERY_PROMPT=query: ",
                "EMBEDDING_DOCUMENT_PROMPT=passage: "
            })
    void loadsTheModelAnewForWhatDecidesItsVectors(String variable) {
        ReloadExecutor models = service.models(Config.BESIDE);
        follow(models, MEAN);
        String[] nameAndValue = variable.split("=", 2);

        follow(models, SmallService.settings(SmallService.MEAN, Map.of(nameAndValue[0], nameAndValue[1])));

        assertThat(service.counters.attempts()).isOne();
        assertThat(service.served).extracting(ServedModel::model).doesNotHaveDuplicates();
    }

    @Test
    void loadsNoModelWhoseWeightsAreLargerThanAllowed() throws IOException {
        long weights = Files.size(Path.of(SmallService.CLS, "onnx", "model.onnx"));
        ReloadExecutor refusing = service.models(Config.ofModelsUpTo(weights - 1));
        ReloadExecutor allowing = service.models(Config.ofModelsUpTo(weights));

        assertThatThrownBy(() -> prepare(refusing, CLS))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage(String.format(
                        Locale.ROOT,
                        "Model %s has %,d bytes of weights, and EMBEDDING_MAX_MODEL_SIZE allows %,d",
                        SmallService.CLS,
                        weights,
                        weights - 1));
        assertThat(service.mostAlive).as("a model was checked").hasValue(0);
        follow(allowing, CLS);

        assertThat(service.model().name()).isEqualTo(SmallService.CLS);
    }

    @Test
    void keepsTheRunningModelWhenAnotherIsLargerThanAllowed() throws IOException {
        long weights = Files.size(Path.of(SmallService.CLS, "onnx", "model.onnx"));
        long others = Files.size(Path.of(SmallService.MEAN, "onnx", "model.onnx"));
        assertThat(weights).isNotEqualTo(others);
        ReloadExecutor models = service.models(Config.ofModelsUpTo(Math.min(weights, others)));
        ServiceSettings smaller = weights < others ? CLS : MEAN;
        follow(models, smaller);

        assertThatThrownBy(() -> prepare(models, weights < others ? MEAN : CLS))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("EMBEDDING_MAX_MODEL_SIZE");

        assertThat(settings(models)).contains(smaller.defaultModel());
        assertThat(service.counters.failures()).isOne();
    }

    @Test
    void loadsNoFirstModelWithoutMemoryForIt() {
        ReloadExecutor models = service.models(Config.DRAIN_FIRST);
        service.freeMemory = OptionalLong.of(1 << 20);

        assertThatThrownBy(() -> prepare(models, CLS))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("MB of memory, and 1 MB are free")
                .hasMessageNotContaining("EMBEDDING_RELOAD_MODE");

        assertThat(service.mostAlive).as("a model was checked").hasValue(0);
        assertThat(service.active.model()).isEmpty();
    }

    @Test
    void loadsNothingBesideTheRunningModelWithoutMemoryForIt() {
        ReloadExecutor models = service.models(Config.BESIDE);
        follow(models, CLS);
        LoadedModel running = service.model();
        service.mostAlive.set(0);
        service.freeMemory = OptionalLong.of(1 << 20);

        assertThatThrownBy(() -> prepare(models, MEAN))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("1 MB are free")
                .hasMessageContaining("EMBEDDING_RELOAD_MODE=drain-first");

        assertThat(service.mostAlive).as("a model was checked").hasValue(0);
        assertThat(service.model()).isSameAs(running);
        assertThat(service.counters.attempts()).isOne();
        assertThat(service.counters.failures()).isOne();
    }

    @Test
    void closesTheRunningModelFirstWhereMemoryIsShortAndTheOperatorChoseSo() {
        ReloadExecutor models = service.models(Config.DRAIN_FIRST);
        follow(models, CLS);
        service.mostAlive.set(0);
        service.freeMemory = OptionalLong.of(1 << 20);

        follow(models, MEAN);

        assertThat(service.model().name()).isEqualTo(SmallService.MEAN);
        assertThat(service.mostAlive).hasValue(1);
    }

    @Test
    void servesTheClosedModelAgainWhenItsSuccessorCannotBeLoaded(@TempDir Path directory) throws IOException {
        SmallService.copyModel(SmallService.MEAN, directory);
        Files.writeString(directory.resolve("tokenizer.json"), "{}");
        ReloadExecutor models = service.models(Config.DRAIN_FIRST);
        follow(models, CLS);
        service.freeMemory = OptionalLong.of(1 << 20);

        assertThatThrownBy(() -> prepare(models, SmallService.settings(directory.toString())))
                .isInstanceOf(ModelUnavailableException.class);

        assertThat(service.servedNames()).containsExactly(SmallService.CLS, SmallService.CLS);
        assertThat(ModelProbe.isClosed(service.model())).isFalse();
        assertThat(service.alive()).isOne();
        assertThat(settings(models)).contains(CLS.defaultModel());
    }

    @Test
    void servesTheClosedModelAgainAfterAnErrorOfTheVirtualMachine(@TempDir Path directory) throws IOException {
        SmallService.copyModel(
                ReferenceModel.of("bert-mean-dense-normalize").directory().toString(), directory);
        Path dense = directory.resolve("2_Dense/config.json");
        Files.writeString(
                dense,
                Files.readString(dense)
                        .replaceFirst("\"out_features\": *\\d+", "\"out_features\": " + Integer.MAX_VALUE)
                        .replaceFirst("\"bias\": *true", "\"bias\": false"));
        ReloadExecutor models = service.models(Config.DRAIN_FIRST);
        follow(models, CLS);
        service.freeMemory = OptionalLong.of(1 << 20);

        assertThatThrownBy(() -> prepare(models, SmallService.settings(directory.toString())))
                .isInstanceOf(OutOfMemoryError.class);

        assertThat(service.servedNames()).containsExactly(SmallService.CLS, SmallService.CLS);
        assertThat(models.closedInVain()).isTrue();
        assertThat(service.counters.failures()).isOne();
    }

    @Test
    void servesTheClosedModelAgainAsItWas(@TempDir Path changed, @TempDir Path broken) throws IOException {
        SmallService.copyModel(SmallService.CLS, changed);
        SmallService.copyModel(SmallService.MEAN, broken);
        Files.writeString(broken.resolve("tokenizer.json"), "{}");
        ReloadExecutor models = service.models(Config.DRAIN_FIRST);
        follow(models, SmallService.settings(changed.toString()));
        String space = service.active.fingerprint().orElseThrow();
        service.freeMemory = OptionalLong.of(1 << 20);

        Files.writeString(changed.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 7}");
        assertThatThrownBy(() -> prepare(models, SmallService.settings(broken.toString())))
                .isInstanceOf(ModelUnavailableException.class);

        assertThat(service.active.fingerprint()).contains(space);
    }

    @Test
    void doesNotServeTheClosedModelAgainOutsideTheRequiredSpace(@TempDir Path changed, @TempDir Path broken)
            throws IOException {
        SmallService.copyModel(SmallService.CLS, changed);
        SmallService.copyModel(SmallService.MEAN, broken);
        Files.writeString(broken.resolve("tokenizer.json"), "{}");
        follow(service.models(Config.BESIDE), SmallService.settings(changed.toString()));
        String space = service.active.fingerprint().orElseThrow();
        ReloadExecutor models = service.models(Config.DRAIN_FIRST);
        follow(models, SmallService.requiring(changed.toString(), space));
        service.freeMemory = OptionalLong.of(1 << 20);

        Path tokenizer = changed.resolve("tokenizer.json");
        Files.writeString(tokenizer, Files.readString(tokenizer) + "\n");
        assertThatThrownBy(() -> prepare(models, SmallService.requiring(broken.toString(), space)))
                .isInstanceOf(ModelUnavailableException.class);

        assertThat(service.active.model()).isEmpty();
        assertThat(models.settings()).isEmpty();
    }

    @Test
    void servesTheClosedModelAgainWhenItsSuccessorIsNotWantedAnyMore() {
        ReloadExecutor models = service.models(Config.DRAIN_FIRST);
        follow(models, CLS);
        service.freeMemory = OptionalLong.of(1 << 20);

        prepare(models, MEAN).close();

        assertThat(service.servedNames()).containsExactly(SmallService.CLS, SmallService.CLS);
        assertThat(service.alive()).isOne();
    }

    @Test
    void neverKeepsMoreThanTwoModels() {
        ReloadExecutor models = service.models(Config.BESIDE);

        for (int round = 0; round < 3; round++) {
            follow(models, CLS);
            follow(models, MEAN);
        }

        assertThat(service.mostAlive).hasValue(2);
        assertThat(service.alive()).isOne();
        assertThat(service.counters.attempts()).isEqualTo(5);
        assertThat(service.counters.failures()).isZero();
    }

    private static void follow(ReloadExecutor models, ServiceSettings settings) {
        try (ReloadExecutor.Prepared prepared = prepare(models, settings)) {
            prepared.commit();
        }
        models.drainReplaced();
    }

    private static ReloadExecutor.Prepared prepare(ReloadExecutor models, ServiceSettings settings) {
        return models.prepare(ReloadPlanner.plan(models.running(), settings.models()));
    }

    private static Optional<ModelSettings> settings(ReloadExecutor models) {
        return Optional.ofNullable(models.settings().get(ServiceSettings.DEFAULT_MODEL));
    }
}
