package dev.embedding.batch.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FairShareTest {

    private final FairShare share = new FairShare();

    @Test
    void interactiveRowsGoFirst() {
        assertThat(share.next()).isEqualTo(Priority.INTERACTIVE);
    }

    @Test
    void batchRowsGetATokenForEveryFourInteractiveOnes() {
        share.cut(Priority.INTERACTIVE, 1, 400);
        share.cut(Priority.BATCH, 1, 99);
        assertThat(share.next()).isEqualTo(Priority.BATCH);

        share.cut(Priority.BATCH, 1, 1);

        assertThat(share.next()).isEqualTo(Priority.INTERACTIVE);
    }

    @Test
    void rowsWithoutTokensDoNotStarveBatchRows() {
        share.cut(Priority.INTERACTIVE, 3, 0);

        assertThat(share.next()).isEqualTo(Priority.BATCH);
    }

    @Test
    void neitherClassStarvesWhateverTheSizesOfBatches() {
        for (long seed = 0; seed < 500; seed++) {
            requireShares(seed);
        }
    }

    /**
     * In every period batch rows get a fifth, less one interactive batch at the least, plus one of theirs at the most.
     */
    private static void requireShares(long seed) {
        Random random = new Random(seed);
        FairShare share = new FairShare();
        int mostInteractive = 1 + random.nextInt(2_000);
        int mostBatch = 1 + random.nextInt(2_000);
        long balance = 0;
        long least = 0;
        long most = 0;
        for (int cut = 0; cut < 400; cut++) {
            Priority next = share.next();
            int tokens = random.nextInt(next == Priority.INTERACTIVE ? mostInteractive : mostBatch) + 1;
            share.cut(next, 1, tokens);
            balance += next == Priority.INTERACTIVE ? tokens : -4L * tokens;
            least = Math.min(least, balance);
            most = Math.max(most, balance);
        }
        assertThat(most - least)
                .as("interactive tokens less four times those of batch rows, in any stretch, seed %d", seed)
                .isLessThanOrEqualTo(mostInteractive + 4L * mostBatch);
    }
}
