package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.locate.NoHub;
import dev.embedding.reload.Placement.AfterClosing;
import dev.embedding.reload.Placement.Beside;
import dev.embedding.reload.Placement.Policy;
import dev.embedding.reload.Placement.Predecessor;
import dev.embedding.reload.Placement.Refused;
import dev.embedding.reload.ReloadConfig.Mode;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PlacementTest {

    private static final ModelDescription MODEL = NoHub.locator()
            .locate(ModelRequest.of(
                    ReferenceModel.of("bert-cls-normalize").directory().toString()));
    private static final long NEEDED = ModelMemory.of(MODEL).bytes();

    @ParameterizedTest
    @CsvSource({
        "NONE, BESIDE, Refused",
        "NONE, DRAIN_FIRST, Refused",
        "WORKING, BESIDE, Refused",
        "WORKING, DRAIN_FIRST, AfterClosing",
        "BROKEN, BESIDE, AfterClosing",
        "BROKEN, DRAIN_FIRST, AfterClosing"
    })
    void dependsOnThePredecessorWhereMemoryIsShort(Predecessor predecessor, Mode mode, String placement) {
        Policy policy = new Policy(mode, Optional.empty());

        assertThat(Placement.of(MODEL, predecessor, OptionalLong.of(NEEDED - 1), policy)
                        .getClass()
                        .getSimpleName())
                .isEqualTo(placement);
        assertThat(Placement.of(MODEL, predecessor, OptionalLong.of(NEEDED), policy))
                .isEqualTo(new Beside());
        assertThat(Placement.of(MODEL, predecessor, OptionalLong.empty(), policy))
                .isEqualTo(new Beside());
    }

    @ParameterizedTest
    @EnumSource
    void refusesALargerModelThanAllowedWhateverIsFree(Predecessor predecessor) {
        MemorySize limit = new MemorySize(BigInteger.valueOf(MODEL.weightBytes() - 1));
        Policy policy = new Policy(Mode.DRAIN_FIRST, Optional.of(limit));

        assertThat(Placement.of(MODEL, predecessor, OptionalLong.empty(), policy))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).contains("EMBEDDING_MAX_MODEL_SIZE"));
    }

    @Test
    void namesTheRemedyOnlyWhereAModelRuns() {
        Policy policy = new Policy(Mode.BESIDE, Optional.empty());
        OptionalLong none = OptionalLong.of(0);

        Placement first = Placement.of(MODEL, Predecessor.NONE, none, policy);
        Placement second = Placement.of(MODEL, Predecessor.WORKING, none, policy);

        assertThat(((Refused) first).reason()).endsWith("MB of memory, and 0 MB are free");
        assertThat(((Refused) second).reason())
                .contains("beside the running model")
                .endsWith("EMBEDDING_RELOAD_MODE=drain-first replaces the running model before");
    }

    @Test
    void neverClosesAnythingWithoutNeed() {
        assertThat(Placement.of(
                        MODEL,
                        Predecessor.WORKING,
                        OptionalLong.of(NEEDED),
                        new Policy(Mode.DRAIN_FIRST, Optional.empty())))
                .isNotInstanceOf(AfterClosing.class);
    }
}
