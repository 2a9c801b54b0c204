package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkspaceTest {

    private static final int PAD = 99;
    private static final TokenBatch BATCH = TokenBatch.of(List.of(new int[] {5, 6, 7}, new int[] {8}));

    private final Workspace workspace = new Workspace();

    @Test
    void fillsShortRowsWithPadding() {
        assertThat(values(workspace.ids(BATCH, PAD))).containsExactly(5, 6, 7, 8, PAD, PAD);
    }

    @Test
    void masksPadding() {
        assertThat(values(workspace.mask(BATCH))).containsExactly(1, 1, 1, 1, 0, 0);
    }

    @Test
    void hasOneSegment() {
        assertThat(values(workspace.types(BATCH))).containsOnly(0).hasSize(6);
    }

    @Test
    void hasRoomForTheOutput() {
        FloatBuffer output = workspace.output(6, 4);

        assertThat(output.remaining()).isEqualTo(6 * 4);
        assertThat(output.isDirect()).isTrue();
    }

    @Test
    void fitsBatchesOfAnySizeOneAfterTheOther() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<int[]> rows = new ArrayList<>();
            for (int count = 1 + random.nextInt(6); count > 0; count--) {
                rows.add(random.ints(1L + random.nextInt(9), 0, 50).toArray());
            }
            TokenBatch batch = TokenBatch.of(rows);
            long[] ids = new long[rows.size() * batch.longest()];
            long[] mask = new long[ids.length];
            for (int row = 0; row < rows.size(); row++) {
                for (int token = 0; token < batch.longest(); token++) {
                    boolean padding = token >= rows.get(row).length;
                    ids[row * batch.longest() + token] = padding ? PAD : rows.get(row)[token];
                    mask[row * batch.longest() + token] = padding ? 0 : 1;
                }
            }

            assertThat(values(workspace.ids(batch, PAD))).as("seed %d", seed).isEqualTo(ids);
            assertThat(values(workspace.mask(batch))).as("seed %d", seed).isEqualTo(mask);
            assertThat(values(workspace.types(batch)))
                    .as("seed %d", seed)
                    .containsOnly(0)
                    .hasSize(ids.length);
            assertThat(workspace.output(batch.paddedTokens(), 3).remaining())
                    .as("seed %d", seed)
                    .isEqualTo(3 * ids.length);
        }
    }

    @Test
    void findsWhereARowBegins() {
        TokenVectors vectors = new TokenVectors(FloatBuffer.allocate(0), 3, 4);

        assertThat(vectors.start(0)).isZero();
        assertThat(vectors.start(2)).isEqualTo(24);
    }

    private static long[] values(LongBuffer buffer) {
        long[] values = new long[buffer.remaining()];
        buffer.duplicate().get(values);
        return values;
    }
}
