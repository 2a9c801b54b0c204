package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.serving.ActiveModel.Lease;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ActiveModelTest {

    private static final long LONG = TimeUnit.DAYS.toNanos(1);

    private final SmallModels models = new SmallModels();
    private final ActiveModel active = new ActiveModel();

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @Test
    void leasesNothingBeforeAModelIsServed() throws InterruptedException {
        assertThat(active.lease()).isEmpty();
        assertThat(active.model()).isEmpty();
        assertThat(active.fingerprint()).isEmpty();
        assertThat(active.retire(LONG)).isEmpty();
    }

    @Test
    void leasesTheModelThatIsServed() {
        EmbeddingModel model = models.load("bert-cls-normalize");

        active.serve(model, true);

        Lease lease = active.lease().orElseThrow();
        assertThat(active.model()).containsSame(model);
        assertThat(lease.model()).isSameAs(model);
        assertThat(lease.normalize()).isTrue();
        assertThat(active.fingerprint()).contains(lease.space().fingerprint());
    }

    @Test
    void keepsALeaseOnItsModelWhenAnotherIsServed() {
        EmbeddingModel first = models.load("bert-cls-normalize");
        EmbeddingModel second = models.load("distilbert-mean");
        active.serve(first, true);
        Lease old = active.lease().orElseThrow();

        active.serve(second, false);

        assertThat(old.model()).isSameAs(first);
        assertThat(old.normalize()).isTrue();
        assertThat(active.lease().orElseThrow().model()).isSameAs(second);
        assertThat(active.fingerprint()).isNotEqualTo(Optional.of(old.space().fingerprint()));
    }

    @Test
    void normalisationIsPartOfTheFingerprint() {
        EmbeddingModel model = models.load("distilbert-mean");
        active.serve(model, true);
        Lease normalized = active.lease().orElseThrow();

        active.serve(model, false);

        assertThat(active.lease().orElseThrow().space().fingerprint())
                .isNotEqualTo(normalized.space().fingerprint());
    }

    @Test
    void retiresAtOnceWithoutLeases() throws InterruptedException {
        EmbeddingModel model = models.load("bert-cls-normalize");
        active.serve(model, true);
        active.lease().orElseThrow().release();

        assertThat(active.retire(LONG)).containsSame(model);
        assertThat(active.lease()).isEmpty();
        assertThat(active.retire(LONG)).isEmpty();
    }

    @Test
    void waitsForLeasesBeforeItRetires() throws Exception {
        EmbeddingModel model = models.load("bert-cls-normalize");
        active.serve(model, true);
        Lease lease = active.lease().orElseThrow();
        CompletableFuture<Optional<EmbeddingModel>> retired = CompletableFuture.supplyAsync(this::retire);
        while (active.model().isPresent()) {
            Thread.onSpinWait();
        }

        boolean waits = !retired.isDone();
        lease.release();

        assertThat(waits).isTrue();
        assertThat(retired.get()).containsSame(model);
    }

    @Test
    void losesPatienceWithALeaseThatIsNotGivenBack() throws InterruptedException {
        EmbeddingModel model = models.load("bert-cls-normalize");
        active.serve(model, true);
        active.lease();

        assertThat(active.retire(Duration.ofMillis(1).toNanos())).containsSame(model);
    }

    @Test
    void countsALeaseBackOnce() throws InterruptedException {
        EmbeddingModel model = models.load("bert-cls-normalize");
        active.serve(model, true);
        Lease released = active.lease().orElseThrow();
        Lease held = active.lease().orElseThrow();
        released.release();
        released.release();
        CompletableFuture<Optional<EmbeddingModel>> retired = CompletableFuture.supplyAsync(this::retire);
        while (active.model().isPresent()) {
            Thread.onSpinWait();
        }

        boolean waits = !retired.isDone();
        held.release();

        assertThat(waits).isTrue();
        assertThat(retired.join()).containsSame(model);
    }

    private Optional<EmbeddingModel> retire() {
        try {
            return active.retire(LONG);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
