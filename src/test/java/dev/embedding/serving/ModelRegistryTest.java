package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.embedding.serving.ModelChoice.ModelName;
import dev.embedding.serving.ModelRegistry.Entry;
import dev.embedding.serving.model.LoadedModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ModelRegistryTest {

    private static final long LONG = TimeUnit.DAYS.toNanos(1);

    private final SmallModels models = new SmallModels();
    private final ModelRegistry registry = new ModelRegistry("default");
    private final DefaultModel active = new DefaultModel(registry);

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @Test
    void leasesNothingBeforeAModelIsServed() {
        assertThat(active.lease()).isEmpty();
        assertThat(active.model()).isEmpty();
        assertThat(active.fingerprint()).isEmpty();
        assertThat(active.retire()).isEmpty();
    }

    @Test
    void leasesTheModelThatIsServed() {
        LoadedModel model = models.load("bert-cls-normalize");

        active.serve(model, PlainOptions.of(true));

        Lease lease = active.lease().orElseThrow();
        assertThat(active.model()).containsSame(model);
        assertThat(lease.model()).isSameAs(model);
        assertThat(lease.options().normalize()).isTrue();
        assertThat(active.fingerprint()).contains(lease.fingerprint());
    }

    @Test
    void keepsALeaseOnItsModelWhenAnotherIsServed() {
        LoadedModel first = models.load("bert-cls-normalize");
        LoadedModel second = models.load("distilbert-mean");
        active.serve(first, PlainOptions.of(true));
        Lease old = active.lease().orElseThrow();

        active.serve(second, PlainOptions.of(false));

        assertThat(old.model()).isSameAs(first);
        assertThat(old.options().normalize()).isTrue();
        assertThat(active.lease().orElseThrow().model()).isSameAs(second);
        assertThat(active.fingerprint()).isNotEqualTo(Optional.of(old.fingerprint()));
    }

    @Test
    void normalisationIsPartOfTheFingerprint() {
        LoadedModel model = models.load("distilbert-mean");
        active.serve(model, PlainOptions.of(true));
        Lease normalized = active.lease().orElseThrow();

        active.serve(model, PlainOptions.of(false));

        assertThat(active.lease().orElseThrow().fingerprint()).isNotEqualTo(normalized.fingerprint());
    }

    @Test
    void returnsTheReplacedModel() {
        LoadedModel first = models.load("bert-cls-normalize");
        LoadedModel second = models.load("distilbert-mean");

        Optional<RetiredModel> atFirst = active.serve(first, PlainOptions.of(true));
        Optional<RetiredModel> sameModel = active.serve(first, PlainOptions.of(false));
        Optional<RetiredModel> replaced = active.serve(second, PlainOptions.of(true));

        assertThat(atFirst).isEmpty();
        assertThat(sameModel).isEmpty();
        assertThat(replaced.map(RetiredModel::model)).containsSame(first);
        assertThat(active.model()).containsSame(second);
    }

    @Test
    void retiresAtOnceWithoutLeases() throws InterruptedException {
        LoadedModel model = models.load("bert-cls-normalize");
        active.serve(model, PlainOptions.of(true));
        active.lease().orElseThrow().release();

        RetiredModel retired = active.retire().orElseThrow();
        retired.awaitReleased(LONG);

        assertThat(retired.model()).isSameAs(model);
        assertThat(active.lease()).isEmpty();
        assertThat(active.retire()).isEmpty();
    }

    @Test
    void waitsForLeasesUnderAllOptionsOfAModel() throws Exception {
        LoadedModel model = models.load("bert-cls-normalize");
        active.serve(model, PlainOptions.of(true));
        Lease normalized = active.lease().orElseThrow();
        active.serve(model, PlainOptions.of(false));
        Lease plain = active.lease().orElseThrow();
        RetiredModel retired = active.serve(models.load("distilbert-mean"), PlainOptions.of(true))
                .orElseThrow();
        Lease ofTheNext = active.lease().orElseThrow();

        boolean whileBothAreHeld = isReleased(retired);
        plain.release();
        boolean whileOneIsHeld = isReleased(retired);
        normalized.release();

        assertThat(whileBothAreHeld).isFalse();
        assertThat(whileOneIsHeld).isFalse();
        assertThat(isReleased(retired)).isTrue();
        ofTheNext.release();
    }

    @Test
    void stopsWaitingForALeaseAtTheTimeout() throws InterruptedException {
        LoadedModel model = models.load("bert-cls-normalize");
        active.serve(model, PlainOptions.of(true));
        active.lease();

        RetiredModel retired = active.retire().orElseThrow();
        retired.awaitReleased(Duration.ofMillis(1).toNanos());

        assertThat(retired.model()).isSameAs(model);
    }

    @Test
    void releasesALeaseOnce() throws Exception {
        active.serve(models.load("bert-cls-normalize"), PlainOptions.of(true));
        Lease released = active.lease().orElseThrow();
        Lease held = active.lease().orElseThrow();
        RetiredModel retired = active.retire().orElseThrow();

        released.release();
        released.release();

        assertThat(isReleased(retired)).isFalse();
        held.release();
        assertThat(isReleased(retired)).isTrue();
    }

    @Test
    void aModelTakesAnotherIdWithItsLeases() throws Exception {
        LoadedModel blue = models.load("bert-cls-normalize");
        LoadedModel green = models.load("distilbert-mean");
        registry.serve(Map.of("default", entry(blue), "green", entry(green)));
        Lease before = registry.lease(named("green"));

        List<RetiredModel> retired = registry.serve(Map.of("default", entry(green), "blue", entry(blue)));
        List<RetiredModel> last = registry.serve(Map.of("default", entry(blue)));

        assertThat(retired).isEmpty();
        assertThat(before.model()).isSameAs(green);
        assertThat(last).singleElement().extracting(RetiredModel::model).isSameAs(green);
        assertThat(isReleased(last.get(0))).isFalse();
        before.release();
        assertThat(isReleased(last.get(0))).isTrue();
    }

    @Test
    void aPinnedSpaceIsServedByTheModelThatHasIt() {
        LoadedModel blue = models.load("bert-cls-normalize");
        LoadedModel green = models.load("distilbert-mean");
        registry.serve(Map.of("default", entry(blue), "green", entry(green)));
        String space = registry.slot("green").flatMap(ModelSlot::fingerprint).orElseThrow();

        assertThat(registry.lease(new ModelChoice(Optional.empty(), Optional.of(space)))
                        .model())
                .isSameAs(green);
        assertThat(registry.lease(new ModelChoice(named("green").name(), Optional.of(space)))
                        .model())
                .isSameAs(green);
        assertRefused(
                FailureKind.SPACE_MISMATCH, new ModelChoice(named("default").name(), Optional.of(space)));
        assertRefused(FailureKind.SPACE_MISMATCH, new ModelChoice(Optional.empty(), Optional.of("0".repeat(32))));
    }

    @Test
    void namesTheModelsInOrderOfTheirIds() {
        LoadedModel model = models.load("distilbert-mean");
        Entry absent = new Entry("org/absent", Optional.empty(), PlainOptions.of(true));

        registry.serve(Map.of("b", entry(model), "default", absent, "a", absent));

        assertThat(registry.slots()).extracting(ModelSlot::id).containsExactly("default", "a", "b");
        assertThat(registry.served()).containsExactly(model);
        assertRefused(FailureKind.NO_MODEL, ModelChoice.DEFAULT);
        assertRefused(FailureKind.NO_MODEL, named("a"));
        assertRefused(FailureKind.UNKNOWN_MODEL, named("c"));
    }

    private void assertRefused(FailureKind kind, ModelChoice choice) {
        assertThatExceptionOfType(RequestFailure.class)
                .isThrownBy(() -> registry.lease(choice))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    private static Entry entry(LoadedModel model) {
        return Entry.of(model, PlainOptions.of(true));
    }

    private static ModelChoice named(String name) {
        return new ModelChoice(Optional.of(new ModelName(name, true)), Optional.empty());
    }

    /** Whether waiting for the leases ends, found out by a thread that does. */
    private static boolean isReleased(RetiredModel retired) throws InterruptedException {
        Thread waiting = new Thread(() -> {
            try {
                retired.awaitReleased(LONG);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        waiting.start();
        Thread.State state = waiting.getState();
        while (state != Thread.State.TIMED_WAITING && state != Thread.State.TERMINATED) {
            Thread.onSpinWait();
            state = waiting.getState();
        }
        waiting.interrupt();
        waiting.join();
        return state == Thread.State.TERMINATED;
    }
}
