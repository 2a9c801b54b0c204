package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.serving.ModelSlot.Lease;
import dev.embedding.serving.ModelSlot.Retired;
import dev.embedding.serving.model.LoadedModel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ModelSlotTest {

    private static final long LONG = TimeUnit.DAYS.toNanos(1);

    private final SmallModels models = new SmallModels();
    private final ModelSlot active = new ModelSlot();

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

        Optional<Retired> atFirst = active.serve(first, PlainOptions.of(true));
        Optional<Retired> sameModel = active.serve(first, PlainOptions.of(false));
        Optional<Retired> replaced = active.serve(second, PlainOptions.of(true));

        assertThat(atFirst).isEmpty();
        assertThat(sameModel).isEmpty();
        assertThat(replaced.map(Retired::model)).containsSame(first);
        assertThat(active.model()).containsSame(second);
    }

    @Test
    void retiresAtOnceWithoutLeases() throws InterruptedException {
        LoadedModel model = models.load("bert-cls-normalize");
        active.serve(model, PlainOptions.of(true));
        active.lease().orElseThrow().release();

        Retired retired = active.retire().orElseThrow();
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
        Retired retired = active.serve(models.load("distilbert-mean"), PlainOptions.of(true))
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

        Retired retired = active.retire().orElseThrow();
        retired.awaitReleased(Duration.ofMillis(1).toNanos());

        assertThat(retired.model()).isSameAs(model);
    }

    @Test
    void releasesALeaseOnce() throws Exception {
        active.serve(models.load("bert-cls-normalize"), PlainOptions.of(true));
        Lease released = active.lease().orElseThrow();
        Lease held = active.lease().orElseThrow();
        Retired retired = active.retire().orElseThrow();

        released.release();
        released.release();

        assertThat(isReleased(retired)).isFalse();
        held.release();
        assertThat(isReleased(retired)).isTrue();
    }

    /** Whether waiting for the leases ends, found out by a thread that does. */
    private static boolean isReleased(Retired retired) throws InterruptedException {
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
